# The example of the README.

mock_provider "aws" {}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.queues.exports.letters.dlq_name == "letters-dlq"
    error_message = "The example must create what it says."
  }
}
