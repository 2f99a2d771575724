# The example of the README.

mock_provider "aws" {
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:photos-events" }
  }
}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.remote.topic_arn == "arn:aws:sns:eu-west-1:123456789012:photos-events"
    error_message = "The example must create what it says."
  }
}
