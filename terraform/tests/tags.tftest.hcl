# The tags of every resource.

mock_provider "aws" {
  alias  = "home"
  source = "../modules/rekbridge/tests/home"
}

mock_provider "aws" {
  alias  = "remote"
  source = "../modules/rekbridge/tests/remote"
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
  package_dir     = "../modules/function/tests/package"
  operations      = { text = { transfer = "staged" } }
}

run "rejects_more_tags_than_a_resource_can_have" {
  command = plan

  variables {
    tags = { for number in range(48) : "tag-${number}" => "" }
  }

  expect_failures = [var.tags]
}

run "rejects_keys_that_aws_reserves" {
  command = plan

  variables {
    tags = { "AWS:team" = "images" }
  }

  expect_failures = [var.tags]
}

run "rejects_a_tag_that_every_resource_has_already" {
  command = plan

  variables {
    tags = { deployment = "mine" }
  }

  expect_failures = [var.tags]
}

run "rejects_characters_that_aws_does_not_accept" {
  command = plan

  variables {
    tags = { "cost*centre" = "4711" }
  }

  expect_failures = [var.tags]
}

run "rejects_such_a_tag_in_another_case" {
  command = plan

  variables {
    tags = { Application = "mine" }
  }

  expect_failures = [var.tags]
}

run "rejects_the_tag_of_tables" {
  command = plan

  variables {
    tags = { Schema_Version = "2" }
  }

  expect_failures = [var.tags]
}

run "rejects_keys_that_iam_takes_for_one" {
  command = plan

  variables {
    tags = { Team = "images", team = "images" }
  }

  expect_failures = [var.tags]
}

run "accepts_as_many_tags_as_a_table_can_have" {
  command = plan

  variables {
    tags = { for number in range(47) : "tag-${number}" => "" }
  }

  assert {
    condition     = length(local.tags) == 49
    error_message = "47 tags, application and deployment; tables have schema_version, too."
  }
}
