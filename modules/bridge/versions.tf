terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"

      # from: where the topic is; to: where the queue is.
      configuration_aliases = [aws.from, aws.to]
    }
  }
}
