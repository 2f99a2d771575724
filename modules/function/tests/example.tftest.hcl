# The example of the README.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/photos" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:photos" }
  }
}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.ingest.exports.name == "photos-ingest" && module.ingest.version == "e3b0c44298fc"
    error_message = "The example must create what it says."
  }
}
