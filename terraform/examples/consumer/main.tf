# A team's own root: its regions, its names, its state, and a queue of its own that gets the events.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  alias  = "home"
  region = "eu-west-3"
}

provider "aws" {
  alias  = "remote"
  region = "eu-west-1"
}

module "rekbridge" {
  # In a root of yours: git::https://<host>/<this repository>.git//modules/rekbridge?ref=v0.1.0
  source = "../../../modules/rekbridge"

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.home
  }

  prefix          = "photos"
  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1"]
  operations      = { faces = {} }

  packages     = var.packages
  architecture = var.architecture

  sinks = {
    albums = {
      pattern = jsonencode({ source = ["rekbridge"], detail = { operation = ["faces"], status = ["done"] } })
      target  = { queue_arn = aws_sqs_queue.albums.arn }
    }
  }
}
