# What changes a deployment that is there, and what it refuses.

mock_provider "aws" {
  alias = "home"

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/kit" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { url = "https://sqs.eu-west-3.amazonaws.com/123456789012/rekbridge-work-protective-equipment-dead" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:kit" }
  }
}

mock_provider "aws" {
  alias = "remote"

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:rekbridge-events" }
  }
}

variables {
  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1", "eu-central-1"]
  package_dir     = "../modules/function/tests/package"

  operations = {
    text   = { way = "staged" }
    labels = { regions = ["eu-central-1"], settings = { MaxLabels = 20 } }
    faces  = { settings = { Attributes = "[\"ALL\"]" } }
  }
}

run "a_deployment" {
}

run "takes_another_operation_and_another_region" {
  variables {
    allowed_regions = ["eu-west-1", "eu-central-1", "eu-west-2"]
    operations      = { text = { way = "staged" }, labels = {}, moderation = {} }
  }

  assert {
    condition     = jsonencode(keys(output.deployment.queues.work)) == jsonencode(["labels", "moderation", "text"])
    error_message = "A queue comes and goes with its operation."
  }
}

run "keeps_its_prefix" {
  command = plan

  variables {
    prefix = "another"
  }

  expect_failures = [terraform_data.place]
}

run "keeps_its_home" {
  command = plan

  variables {
    home_region = "eu-north-1"
  }

  expect_failures = [terraform_data.place]
}

run "keeps_its_remote_region" {
  command = plan

  variables {
    remote_region = "eu-central-1"
    operations    = { labels = {} }
  }

  expect_failures = [terraform_data.place]
}
