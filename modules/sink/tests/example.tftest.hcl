# The example of the README.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/photos" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-3:123456789012:albums" }
  }
}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.albums.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-3:123456789012:rule/photos/photos-sink-albums"
    error_message = "The example must create what it says."
  }
}
