# The whole graph, planned and applied: no cycle, nothing that cannot be counted before it is there.

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

run "bytes_go_to_every_allowed_region_unless_told_and_staged_copies_to_one" {
  command = plan

  assert {
    condition     = jsonencode(local.called_in) == jsonencode({ text = ["eu-west-1"], labels = ["eu-central-1"], faces = ["eu-central-1", "eu-west-1"] })
    error_message = "Every allowed region gives its quota; a staged copy lies in the remote one."
  }
}

run "home_is_one_of_them_where_it_has_the_operation" {
  command = plan

  variables {
    home_region = "eu-west-2"
    operations  = { faces = {} }
  }

  assert {
    condition     = jsonencode(local.called_in.faces) == jsonencode(["eu-central-1", "eu-west-1", "eu-west-2"])
    error_message = "Nothing needs to leave home while home can take it."
  }
}

run "quotas_of_ones_own_and_weights_reach_the_handlers" {
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
    error_message = "What AWS has granted stands above its defaults."
  }
}

run "a_granted_quota_tells_of_a_region_that_the_table_does_not_know_yet" {
  command = plan

  variables {
    home_region     = "eu-west-1"
    remote_region   = "eu-central-1"
    allowed_regions = ["eu-central-1", "eu-west-3"]
    operations      = { faces = { regions = ["eu-west-3"] } }
    quotas          = { eu-west-3 = { DetectFaces = 7 } }
  }

  expect_failures = [check.operations_are_not_called_past_home]

  assert {
    condition     = local.operations.faces.regions == { eu-west-3 = { tps = 7, weight = 1 } }
    error_message = "AWS adds regions more often than this table is written."
  }
}

run "a_model_of_ones_own_is_called_in_its_own_region" {
  command = plan

  variables {
    operations = { custom-labels = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/1/1700000000000" } } }
  }

  assert {
    condition     = jsonencode(local.called_in.custom-labels) == jsonencode(["eu-central-1"])
    error_message = "Its ARN tells the region."
  }
}

run "bytes_is_the_usual_way" {
  command = plan

  assert {
    condition     = [for name in ["text", "labels", "faces"] : local.operations[name].way] == ["staged", "bytes", "bytes"]
    error_message = "Nothing is stored outside home unless somebody says so."
  }
}

run "calls_in_flight_follow_from_quota_and_latency" {
  command = plan

  # DetectText 50 a second in Ireland, DetectLabels 5 in Frankfurt, DetectFaces 100 + 25 in both; x 0.525 s.
  assert {
    condition     = [for name in ["text", "labels", "faces"] : local.operations[name].concurrency] == [27, 3, 66]
    error_message = "Concurrency is derived: quota x latency."
  }
}

run "settings_reach_the_handlers_as_what_they_are" {
  command = plan

  assert {
    condition     = jsondecode(local.operations.faces.settings) == { Attributes = ["ALL"] } && jsondecode(local.operations.labels.settings) == { MaxLabels = 20 }
    error_message = "A list must arrive as a list, a number as a number."
  }
}

run "whatever_an_allowed_region_has_may_be_asked_for_directly" {
  command = plan

  assert {
    condition     = keys(local.offered) == ["celebrities", "compare-faces", "custom-labels", "faces", "labels", "moderation", "protective-equipment", "text"]
    error_message = "The API needs no operation to be set up for uploads."
  }

  # text is staged for uploads, labels are kept to Frankfurt.
  assert {
    condition     = [keys(local.offered.text.regions), keys(local.offered.labels.regions)] == [["eu-central-1", "eu-west-1"], ["eu-central-1"]]
    error_message = "A request goes by bytes, and so wherever the operation may be called."
  }

  assert {
    condition     = jsondecode(local.offered.labels.settings) == { MaxLabels = 20 } && jsondecode(local.offered.text.settings) == {}
    error_message = "The same question as of an upload is the same result."
  }
}

run "what_no_allowed_region_has_is_not_offered" {
  command = plan

  variables {
    remote_region   = "ca-central-1"
    allowed_regions = ["ca-central-1"]
    operations      = { faces = {} }
  }

  assert {
    condition     = keys(local.offered) == ["compare-faces", "faces"]
    error_message = "An operation that cannot be called is none of the API's."
  }
}

run "buckets_are_named_for_account_and_region" {
  command = plan

  assert {
    condition = output.deployment.buckets == {
      media    = "rekbridge-media-123456789012-eu-west-3"
      prepared = "rekbridge-prepared-123456789012-eu-west-3"
      results  = "rekbridge-results-123456789012-eu-west-3"
      staging  = "rekbridge-staging-123456789012-eu-west-1"
    }
    error_message = "Bucket names are global."
  }
}

run "aws_has_alarms" {
  command = plan

  variables {
    alarm_topics = { home = "arn:aws:sns:eu-west-3:123456789012:oncall" }
  }

  assert {
    condition     = local.alarm_actions.home[0] == "arn:aws:sns:eu-west-3:123456789012:oncall" && length(local.alarm_actions.remote) == 0
    error_message = "On AWS every alarm is made; it tells whom it was told to."
  }
}

run "what_a_target_lacks_is_left_out_there" {
  command = plan

  variables {
    target = "ministack"
  }

  assert {
    condition     = local.alarm_actions.home == null && local.emulated
    error_message = "The table of targets decides."
  }
}

run "another_partition_has_other_arns" {
  command = plan

  variables {
    home_region     = "us-gov-east-1"
    remote_region   = "us-gov-west-1"
    allowed_regions = ["us-gov-west-1"]
    operations      = { faces = {} }
  }

  assert {
    condition     = output.deployment.topic_arn == "arn:aws-us-gov:sns:us-gov-west-1:123456789012:rekbridge-events"
    error_message = "GovCloud has ARNs of its own."
  }
}

# Last, for what is applied stays where it is (place.tf).
run "both_regions_apply_at_once" {
  assert {
    condition     = output.deployment.regions == { home = "eu-west-3", remote = "eu-west-1" }
    error_message = "The two stacks refer to each other; that must not be a cycle."
  }
}

run "everything_in_every_region_fits_into_what_a_lambda_is_told" {
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
      text                 = { way = "staged" }
      moderation           = {}
      celebrities          = {}
      protective-equipment = {}
      custom-labels        = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000" } }
    }
  }

  # AWS takes 4 KB (modules/function).
  assert {
    condition     = length(output.deployment.operations.labels.regions) == 17
    error_message = "Every region that has labels takes its part."
  }
}
