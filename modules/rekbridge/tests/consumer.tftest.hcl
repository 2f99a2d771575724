# Packages from a bucket, and sinks.

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
  operations      = { text = { transfer = "staged" } }
}

run "a_root_needs_no_zip_of_its_own" {
  command = plan

  variables {
    packages = {
      ingest  = { bucket = "releases", key = "ingest.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      bridge  = { bucket = "releases", key = "bridge.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      analyze = { bucket = "releases", key = "analyze.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      route   = { bucket = "releases", key = "route.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      sweep   = { bucket = "releases", key = "sweep.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      api     = { bucket = "releases", key = "api.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
    }
  }

  assert {
    condition     = output.deployment.functions.api == "rekbridge-api"
    error_message = "Released packages must be enough."
  }
}

run "rejects_packages_and_a_folder" {
  command = plan

  variables {
    package_dir = "../function/tests/package"
    packages = {
      ingest  = { bucket = "releases", key = "ingest.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      bridge  = { bucket = "releases", key = "bridge.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      analyze = { bucket = "releases", key = "analyze.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      route   = { bucket = "releases", key = "route.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      sweep   = { bucket = "releases", key = "sweep.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      api     = { bucket = "releases", key = "api.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
    }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_neither_packages_nor_a_folder" {
  command = plan

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_packages_of_some_functions_only" {
  command = plan

  variables {
    packages = { api = { bucket = "releases", key = "x.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }
  }

  expect_failures = [var.packages]
}

run "rejects_hexadecimal_digits_which_lambda_does_not_compare" {
  command = plan

  variables {
    packages = {
      ingest  = { bucket = "releases", key = "ingest.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
      bridge  = { bucket = "releases", key = "bridge.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
      analyze = { bucket = "releases", key = "analyze.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
      route   = { bucket = "releases", key = "route.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
      sweep   = { bucket = "releases", key = "sweep.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
      api     = { bucket = "releases", key = "api.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
    }
  }

  expect_failures = [var.packages]
}

run "rejects_the_arn_of_a_bucket" {
  command = plan

  variables {
    packages = {
      ingest  = { bucket = "arn:aws:s3:::releases", key = "ingest.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      bridge  = { bucket = "arn:aws:s3:::releases", key = "bridge.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      analyze = { bucket = "arn:aws:s3:::releases", key = "analyze.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      route   = { bucket = "arn:aws:s3:::releases", key = "route.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      sweep   = { bucket = "arn:aws:s3:::releases", key = "sweep.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
      api     = { bucket = "arn:aws:s3:::releases", key = "api.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
    }
  }

  expect_failures = [var.packages]
}

run "the_owner_of_a_sink_gets_the_statement_for_its_policy" {
  command = plan

  variables {
    package_dir = "../function/tests/package"
    sinks       = { team = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  assert {
    condition     = output.sink_policies.team.Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-3:123456789012:rule/rekbridge/rekbridge-sink-team"
    error_message = "The queue's owner must get the statement."
  }
}
