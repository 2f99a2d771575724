terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"

      # home, remote: the two regions. secrets: the home region again, for the secret alone. Terraform's tests cannot mock the ephemeral
      # resource that generates its value, so they mock the other two and give this one an existing secret.
      configuration_aliases = [aws.home, aws.remote, aws.secrets]
    }
  }
}
