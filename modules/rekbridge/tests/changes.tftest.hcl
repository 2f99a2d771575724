# Changes to an existing deployment: which are applied, which are rejected.

mock_provider "aws" {
  alias  = "home"
  source = "./tests/home"
}

mock_provider "aws" {
  alias  = "remote"
  source = "./tests/remote"
}

# Not mocked, because Terraform's mocks have no ephemeral resources: with an existing secret it is never called.
provider "aws" {
  alias      = "secrets"
  region     = "eu-west-3"
  access_key = "test"
  secret_key = "test"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  ids_secret_arn = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:kit-ids-a1b2c3"

  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1", "eu-central-1"]
  package_dir     = "../function/tests/package"

  operations = {
    text   = { transfer = "staged" }
    labels = { regions = ["eu-central-1"], settings = { MaxLabels = 20 } }
    faces  = { settings = { Attributes = "[\"ALL\"]" } }
  }
}

run "a_deployment" {
}

run "operations_and_allowed_regions_can_change" {
  variables {
    allowed_regions = ["eu-west-1", "eu-central-1", "eu-west-2"]
    operations      = { text = { transfer = "staged" }, labels = {}, moderation = {} }
  }

  assert {
    condition     = jsonencode(keys(output.deployment.queues.work)) == jsonencode(["labels", "moderation", "text"])
    error_message = "Work queues must follow the operations."
  }
}

run "rejects_another_prefix" {
  command = plan

  variables {
    prefix = "another"
  }

  expect_failures = [terraform_data.location]
}

run "rejects_another_home_region" {
  command = plan

  variables {
    home_region    = "eu-north-1"
    ids_secret_arn = "arn:aws:secretsmanager:eu-north-1:123456789012:secret:kit-ids-a1b2c3"
  }

  expect_failures = [terraform_data.location]
}

run "rejects_another_remote_region" {
  command = plan

  variables {
    remote_region = "eu-central-1"
    operations    = { labels = {} }
  }

  expect_failures = [terraform_data.location]
}
