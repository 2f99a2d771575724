# The whole graph, planned and applied: no cycle, and every for_each has keys that are known in the plan.

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

run "bytes_may_use_every_allowed_region_and_staged_copies_only_one" {
  command = plan

  assert {
    condition     = jsonencode(local.call_regions) == jsonencode({ text = ["eu-west-1"], labels = ["eu-central-1"], faces = ["eu-central-1", "eu-west-1"] })
    error_message = "Bytes must use every allowed region by default; a staged copy is in the remote region only."
  }
}

run "home_is_used_where_it_has_the_operation" {
  command = plan

  variables {
    home_region    = "eu-west-2"
    ids_secret_arn = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:kit-ids-a1b2c3"
    operations     = { faces = {} }
  }

  assert {
    condition     = jsonencode(local.call_regions.faces) == jsonencode(["eu-central-1", "eu-west-1", "eu-west-2"])
    error_message = "The home region must be among the regions of an operation that it has."
  }
}

run "quotas_and_weights_reach_the_functions" {
  command = plan

  variables {
    quotas  = { eu-west-1 = { DetectFaces = 200 } }
    weights = { eu-central-1 = 3 }
  }

  assert {
    condition = local.operations.faces.regions == {
      eu-west-1    = { tps = 200, weight = 1 }
      eu-central-1 = { tps = 25, weight = 3 }
    }
    error_message = "A granted quota must replace AWS's default."
  }
}

run "a_quota_adds_an_operation_that_the_region_table_lacks" {
  command = plan

  variables {
    home_region     = "eu-west-1"
    ids_secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:kit-ids-a1b2c3"
    remote_region   = "eu-central-1"
    allowed_regions = ["eu-central-1", "eu-west-3"]
    operations      = { faces = { regions = ["eu-west-3"] } }
    quotas          = { eu-west-3 = { DetectFaces = 7 } }
  }

  expect_failures = [check.home_region_is_used_where_it_has_the_operation]

  assert {
    condition     = local.operations.faces.regions == { eu-west-3 = { tps = 7, weight = 1 } }
    error_message = "A quota must make an operation available in a region, as AWS adds regions more often than the table is updated."
  }
}

run "a_custom_model_is_called_in_its_own_region" {
  command = plan

  variables {
    operations = { custom-labels = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/1/1700000000000" } } }
  }

  assert {
    condition     = jsonencode(local.call_regions.custom-labels) == jsonencode(["eu-central-1"])
    error_message = "The region of a custom model is in its ARN."
  }
}

run "bytes_is_the_default_transfer" {
  command = plan

  assert {
    condition     = [for name in ["text", "labels", "faces"] : local.operations[name].transfer] == ["staged", "bytes", "bytes"]
    error_message = "Nothing must be stored outside the home region by default."
  }
}

run "concurrency_is_computed_from_quota_and_latency" {
  command = plan

  # DetectText 50 a second in Ireland, DetectLabels 5 in Frankfurt, DetectFaces 100 + 25 in both; x 0.525 s.
  assert {
    condition     = [for name in ["text", "labels", "faces"] : local.operations[name].concurrency] == [27, 3, 66]
    error_message = "Concurrency must be quota x latency."
  }
}

run "settings_keep_their_types" {
  command = plan

  assert {
    condition     = jsondecode(local.operations.faces.settings) == { Attributes = ["ALL"] } && jsondecode(local.operations.labels.settings) == { MaxLabels = 20 }
    error_message = "A list must stay a list, a number must stay a number."
  }
}

run "the_api_offers_exactly_the_deployed_operations_in_their_regions" {
  command = plan

  # Uploads are staged for text, in Ireland; labels may be called in Frankfurt only.
  assert {
    condition = { for name, operation in local.api_operations : name => keys(operation.regions) } == {
      text = ["eu-west-1"], labels = ["eu-central-1"], faces = ["eu-central-1", "eu-west-1"]
    }
    error_message = "The API must call no operation and no region that the deployment did not choose."
  }

  assert {
    condition     = jsondecode(local.api_operations.labels.settings) == { MaxLabels = 20 } && jsondecode(local.api_operations.text.settings) == {}
    error_message = "The API must use the settings of uploads, so that both share a result."
  }
}

run "the_api_offers_more_only_where_it_is_named" {
  command = plan

  variables {
    api_operations = {
      compare-faces = {}
      moderation    = { regions = ["eu-central-1"] }
      labels        = { regions = ["eu-west-1", "eu-central-1"] }
      text          = {}
    }
  }

  assert {
    condition = { for name, operation in local.api_operations : name => keys(operation.regions) } == {
      compare-faces = ["eu-central-1", "eu-west-1"]
      faces         = ["eu-central-1", "eu-west-1"]
      labels        = ["eu-central-1", "eu-west-1"]
      moderation    = ["eu-central-1"]
      text          = ["eu-central-1", "eu-west-1"]
    }
    error_message = "An entry of api_operations must add an operation, or replace the regions of one, for the API alone."
  }

  assert {
    condition     = keys(local.operations.labels.regions) == ["eu-central-1"] && keys(local.operations) == ["faces", "labels", "text"]
    error_message = "What the API may do must change nothing for uploads."
  }
}

run "a_caller_gets_half_of_the_apis_limit_by_default" {
  command = plan

  variables {
    api_throttle = { per_second = 9, burst = 1 }
  }

  assert {
    condition     = local.caller_throttle == { per_second = 4.5, burst = 1 }
    error_message = "One caller must leave half of the API's limit to the others."
  }
}

run "buckets_are_named_after_account_and_region" {
  command = plan

  assert {
    condition = output.deployment.buckets == {
      media    = "rekbridge-media-123456789012-eu-west-3"
      prepared = "rekbridge-prepared-123456789012-eu-west-3"
      results  = "rekbridge-results-123456789012-eu-west-3"
      staging  = "rekbridge-staging-123456789012-eu-west-1"
    }
    error_message = "Bucket names are global: they need the account and the region."
  }
}

run "aws_has_alarms" {
  command = plan

  variables {
    alarm_topics = { home = "arn:aws:sns:eu-west-3:123456789012:oncall" }
  }

  assert {
    condition     = local.alarm_actions.home[0] == "arn:aws:sns:eu-west-3:123456789012:oncall" && length(local.alarm_actions.remote) == 0
    error_message = "On AWS every alarm must exist, and notify the topic of its region if there is one."
  }
}

run "alarms_are_omitted_where_the_target_lacks_them" {
  command = plan

  variables {
    target = "ministack"
  }

  assert {
    condition     = local.alarm_actions.home == null && local.ephemeral
    error_message = "emulator_gaps.json must decide."
  }
}

run "arns_have_the_partition" {
  command = plan

  variables {
    home_region     = "us-gov-east-1"
    ids_secret_arn  = "arn:aws-us-gov:secretsmanager:us-gov-east-1:123456789012:secret:kit-ids-a1b2c3"
    remote_region   = "us-gov-west-1"
    allowed_regions = ["us-gov-west-1"]
    operations      = { faces = {} }
  }

  assert {
    condition     = output.deployment.topic_arn == "arn:aws-us-gov:sns:us-gov-west-1:123456789012:rekbridge-events"
    error_message = "ARNs must have the partition of the region."
  }
}

# Last: an applied deployment keeps its location (location.tf).
run "both_regions_are_applied_together" {
  assert {
    condition     = output.deployment.regions == { home = "eu-west-3", remote = "eu-west-1" }
    error_message = "The two stacks refer to each other, which must not be a cycle."
  }
}

run "every_operation_in_every_region_fits_into_the_environment" {
  variables {
    allowed_regions = [
      "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1",
      "ap-southeast-2", "ap-southeast-5", "ap-southeast-7", "ca-central-1",
      "eu-central-1", "eu-south-2", "eu-west-1", "eu-west-2",
      "il-central-1", "sa-east-1", "us-east-1", "us-east-2",
      "us-west-1", "us-west-2",
    ]

    operations = {
      labels               = { settings = { MaxLabels = 50, MinConfidence = 75 } }
      faces                = { settings = { Attributes = "[\"ALL\"]" } }
      text                 = { transfer = "staged" }
      moderation           = {}
      celebrities          = {}
      protective-equipment = {}
      custom-labels        = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000" } }
    }

    api_operations = { compare-faces = {}, text = {}, custom-labels = {} }
  }

  # AWS allows 4 KB (validated by modules/function).
  assert {
    condition     = length(output.deployment.operations.labels.regions) == 17
    error_message = "Every region that has labels must be used."
  }
}
