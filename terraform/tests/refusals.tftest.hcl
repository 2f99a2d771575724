# What cannot work is refused before anything is made.

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
  operations      = { text = { way = "staged" } }
}

run "rejects_an_unknown_operation" {
  command = plan

  variables {
    operations = { smell = {} }
  }

  expect_failures = [var.operations]
}

run "rejects_an_operation_on_two_images" {
  command = plan

  variables {
    operations = { compare-faces = {} }
  }

  expect_failures = [var.operations]
}

run "rejects_a_deployment_without_operations" {
  command = plan

  variables {
    operations = {}
  }

  expect_failures = [var.operations]
}

run "rejects_an_unknown_way" {
  command = plan

  variables {
    operations = { text = { way = "courier" } }
  }

  expect_failures = [var.operations]
}

run "rejects_an_operation_that_its_region_does_not_have" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "ca-central-1"]
    operations      = { text = { regions = ["ca-central-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_an_analysis_outside_the_allowed_regions" {
  command = plan

  variables {
    operations = { text = { regions = ["us-east-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_a_staged_operation_away_from_the_staged_copy" {
  command = plan

  variables {
    operations = { text = { way = "staged", regions = ["eu-central-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_a_setting_that_the_action_does_not_have" {
  command = plan

  variables {
    operations = { labels = { settings = { MaxLables = 5 } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_setting_out_of_range" {
  command = plan

  variables {
    operations = { labels = { settings = { MinConfidence = 101 } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_word_where_a_number_belongs" {
  command = plan

  variables {
    operations = { labels = { settings = { MaxLabels = "many" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_setting_that_is_not_in_its_list" {
  command = plan

  variables {
    operations = { faces = { settings = { Attributes = "[\"NOSE\"]" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_fraction_where_a_whole_number_belongs" {
  command = plan

  variables {
    operations = { labels = { settings = { MaxLabels = 2.5 } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_word_where_a_list_belongs" {
  command = plan

  variables {
    operations = { faces = { settings = { Attributes = "ALL" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_text_where_an_object_belongs" {
  command = plan

  variables {
    operations = { text = { settings = { Filters = "[]" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_object_without_what_it_needs" {
  command = plan

  variables {
    operations = { protective-equipment = { settings = { SummarizationAttributes = "{\"MinConfidence\":80}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_filter_that_there_is_not" {
  command = plan

  variables {
    operations = { labels = { settings = { Settings = "{\"GeneralLabels\":{\"LabelInclusionFilter\":[\"Cat\"]}}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_label_that_no_label_is_like" {
  command = plan

  variables {
    operations = { labels = { settings = { Settings = "{\"GeneralLabels\":{\"LabelInclusionFilters\":[\"Cat!\"]}}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_operation_without_a_setting_it_needs" {
  command = plan

  variables {
    operations = { custom-labels = {} }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_setting_that_does_not_match_its_pattern" {
  command = plan

  variables {
    operations = { custom-labels = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-west-1:model" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_model_outside_the_allowed_regions" {
  command = plan

  variables {
    operations = { custom-labels = { settings = { ProjectVersionArn = "arn:aws:rekognition:us-east-1:123456789012:project/cats/version/first/1" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_model_outside_the_operations_own_regions" {
  command = plan

  variables {
    operations = { custom-labels = { regions = ["eu-west-1"], settings = { ProjectVersionArn = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/first/1" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_staging_away_from_the_model" {
  command = plan

  variables {
    operations = { moderation = { way = "staged", settings = { ProjectVersion = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/first/1" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_model_of_another_account" {
  command = plan

  variables {
    operations = { custom-labels = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-west-1:999999999999:project/cats/version/first/1" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_showing_images_to_people_outside_home" {
  command = plan

  variables {
    operations = { moderation = { settings = { HumanLoopConfig = "{\"HumanLoopName\":\"a\",\"FlowDefinitionArn\":\"arn\"}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_home_that_is_no_region" {
  command = plan

  variables {
    home_region = "eu-west-9"
  }

  expect_failures = [var.home_region]
}

run "rejects_a_remote_that_is_no_region" {
  command = plan

  variables {
    remote_region = "eu-west-9"
  }

  expect_failures = [var.remote_region]
}

run "rejects_a_bridge_to_where_it_starts" {
  command = plan

  variables {
    remote_region = "eu-west-3"
  }

  expect_failures = [var.remote_region]
}

run "rejects_staged_copies_outside_the_allowed_regions" {
  command = plan

  variables {
    remote_region = "eu-west-2"
  }

  expect_failures = [var.remote_region]
}

run "rejects_allowing_what_is_no_region" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "ireland"]
  }

  expect_failures = [var.allowed_regions]
}

run "rejects_allowing_another_partition" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "us-gov-west-1"]
  }

  expect_failures = [var.allowed_regions]
}

run "rejects_a_prefix_that_no_bucket_can_have" {
  command = plan

  variables {
    prefix = "Kit"
  }

  expect_failures = [var.prefix]
}

run "rejects_a_prefix_that_s3_keeps_for_itself" {
  command = plan

  variables {
    prefix = "sthree"
  }

  expect_failures = [var.prefix]
}

run "rejects_the_name_of_the_accounts_own_event_bus" {
  command = plan

  variables {
    prefix = "default"
  }

  expect_failures = [var.prefix]
}

run "rejects_a_stay_longer_than_the_bucket_allows" {
  command = plan

  variables {
    longest_stay_h = 25
  }

  expect_failures = [var.longest_stay_h]
}

run "rejects_a_patience_that_outlives_the_staged_copy" {
  command = plan

  variables {
    patience_s = 86400
  }

  expect_failures = [var.patience_s]
}

run "rejects_limits_of_a_function_that_is_not_there" {
  command = plan

  variables {
    limits = { analyse = { timeout_s = 3 } }
  }

  expect_failures = [var.limits]
}

run "rejects_a_concurrency_that_the_quota_decides" {
  command = plan

  variables {
    limits = { analyze = { concurrency = 3 } }
  }

  expect_failures = [var.limits]
}

run "rejects_a_boundary_that_is_no_policy" {
  command = plan

  variables {
    permissions_boundary = "arn:aws:iam::123456789012:role/limits"
  }

  expect_failures = [var.permissions_boundary]
}

run "rejects_a_path_without_its_slashes" {
  command = plan

  variables {
    role_path = "kit"
  }

  expect_failures = [var.role_path]
}

run "rejects_packages_that_are_not_built" {
  command = plan

  variables {
    package_dir = "./nowhere"
  }

  expect_failures = [var.package_dir]
}

run "rejects_an_unknown_architecture" {
  command = plan

  variables {
    architecture = "aarch64"
  }

  expect_failures = [var.architecture]
}

run "rejects_an_unknown_target" {
  command = plan

  variables {
    target = "gcp"
  }

  expect_failures = [var.target]
}

run "rejects_an_alarm_topic_of_another_region" {
  command = plan

  variables {
    alarm_topics = { home = "arn:aws:sns:eu-west-1:123456789012:oncall" }
  }

  expect_failures = [var.alarm_topics]
}

run "warns_of_an_operation_that_home_has_itself" {
  command = plan

  variables {
    home_region = "eu-central-1"
  }

  expect_failures = [check.operations_are_not_called_past_home]
}

run "is_silent_where_the_operation_is_called_at_home" {
  command = plan

  variables {
    home_region = "eu-central-1"
    operations  = { text = { regions = ["eu-central-1"] } }
  }
}

run "rejects_an_empty_list_of_regions" {
  command = plan

  variables {
    operations = { labels = { regions = [] } }
  }

  expect_failures = [var.operations]
}

run "rejects_an_analyze_without_time_to_ask_once" {
  command = plan

  variables {
    limits = { analyze = { timeout_s = 19 } }
  }

  expect_failures = [var.limits]
}

run "rejects_an_api_without_time_to_ask_once" {
  command = plan

  variables {
    limits = { api = { timeout_s = 15 } }
  }

  expect_failures = [var.limits]
}
