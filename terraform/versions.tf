terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  # A shared state is yours to choose, in a file called backend_override.tf beside your variables.
  backend "local" {}
}
