terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"

      # from: the region of the topic; to: the region of the queue.
      configuration_aliases = [aws.from, aws.to]
    }
  }
}
