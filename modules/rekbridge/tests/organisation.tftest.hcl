# What an organisation requires: what cannot work is rejected before any resource is created.

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
  operations      = { text = { transfer = "staged" } }
}

run "rejects_a_network_without_a_subnet" {
  command = plan

  variables {
    network = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.network]
}

run "rejects_a_network_without_a_security_group" {
  command = plan

  variables {
    network = { subnet_ids = ["subnet-1"], security_group_ids = [] }
  }

  expect_failures = [var.network]
}

run "rejects_a_private_api_without_an_endpoint" {
  command = plan

  variables {
    network = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"], private_api = true }
  }

  expect_failures = [var.network]
}

run "rejects_endpoints_of_an_api_that_is_not_private" {
  command = plan

  variables {
    network = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"], api_vpc_endpoint_ids = ["vpce-1"] }
  }

  expect_failures = [var.network]
}

run "rejects_a_home_key_of_another_region" {
  command = plan

  variables {
    kms_key_arns = { home = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d" }
  }

  expect_failures = [var.kms_key_arns]
}

run "rejects_a_remote_key_of_another_region" {
  command = plan

  variables {
    kms_key_arns = { remote = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d" }
  }

  expect_failures = [var.kms_key_arns]
}

run "rejects_the_alias_of_a_key" {
  command = plan

  variables {
    kms_key_arns = { home = "arn:aws:kms:eu-west-3:123456789012:alias/rekbridge" }
  }

  expect_failures = [var.kms_key_arns]
}

run "rejects_days_that_cloudwatch_does_not_have" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_a_log_destination_in_another_region" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:logs" }
  }

  expect_failures = [var.log_destination]
}

run "rejects_a_stream_without_a_role" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:firehose:eu-west-3:123456789012:deliverystream/logs" }
  }

  expect_failures = [var.log_destination]
}

run "rejects_a_role_that_nothing_would_use" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:logs", role_arn = "arn:aws:iam::123456789012:role/logs" }
  }

  expect_failures = [var.log_destination]
}

run "rejects_a_log_group_as_a_destination" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:logs:eu-west-3:123456789012:log-group:logs" }
  }

  expect_failures = [var.log_destination]
}

run "accepts_a_destination_that_admits_an_account" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:logs:eu-west-3:999999999999:destination:logs" }
  }

  assert {
    condition     = var.log_destination.role_arn == null
    error_message = "Such a destination needs no role."
  }
}

run "accepts_a_destination_that_admits_an_organisation" {
  command = plan

  variables {
    log_destination = { arn = "arn:aws:logs:eu-west-3:999999999999:destination:logs", role_arn = "arn:aws:iam::123456789012:role/logs" }
  }

  assert {
    condition     = local.organisation.log_destination.role_arn == "arn:aws:iam::123456789012:role/logs"
    error_message = "The subscription filters must get the role."
  }
}

run "what_the_same_root_creates_is_planned_with_it" {
  command = plan

  module {
    source = "./tests/unknown_ids"
  }

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.secrets
  }
}
