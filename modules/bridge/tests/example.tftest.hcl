# The example of the README.

mock_provider "aws" {
  alias = "from"
}

mock_provider "aws" {
  alias = "to"
}

run "the_example_is_applied" {
  module {
    source = "./tests/example"
  }

  assert {
    condition     = module.bridge.exports.name == "photos-bridge"
    error_message = "The example must create what it says."
  }
}
