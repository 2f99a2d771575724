terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  # To keep the state elsewhere, put a file backend_override.tf beside your variables.
  backend "local" {}
}
