# The example of the README.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/photos" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:photos" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5" }
  }
}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.home.components.functions.api == "photos-api"
    error_message = "The example must create what it says."
  }
}
