# The example of the README.

mock_provider "aws" {}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.reports.exports.arn == "arn:aws:s3:::reports-123456789012-eu-west-3"
    error_message = "The example must create what it says."
  }
}
