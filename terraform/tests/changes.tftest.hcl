# What changes a deployment that is there, and what it refuses.

mock_provider "aws" {
  alias  = "home"
  source = "./tests/home"
}

mock_provider "aws" {
  alias  = "remote"
  source = "./tests/remote"
}

variables {
  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1", "eu-central-1"]
  package_dir     = "../modules/function/tests/package"

  operations = {
    text   = { way = "staged" }
    labels = { regions = ["eu-central-1"], settings = { MaxLabels = 20 } }
    faces  = { settings = { Attributes = "[\"ALL\"]" } }
  }
}

run "a_deployment" {
}

run "takes_another_operation_and_another_region" {
  variables {
    allowed_regions = ["eu-west-1", "eu-central-1", "eu-west-2"]
    operations      = { text = { way = "staged" }, labels = {}, moderation = {} }
  }

  assert {
    condition     = jsonencode(keys(output.deployment.queues.work)) == jsonencode(["labels", "moderation", "text"])
    error_message = "A queue comes and goes with its operation."
  }
}

run "keeps_its_prefix" {
  command = plan

  variables {
    prefix = "another"
  }

  expect_failures = [terraform_data.place]
}

run "keeps_its_home" {
  command = plan

  variables {
    home_region = "eu-north-1"
  }

  expect_failures = [terraform_data.place]
}

run "keeps_its_remote_region" {
  command = plan

  variables {
    remote_region = "eu-central-1"
    operations    = { labels = {} }
  }

  expect_failures = [terraform_data.place]
}
