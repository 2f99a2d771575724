# Invalid variables are rejected before any resource is created.

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

run "rejects_an_unknown_transfer" {
  command = plan

  variables {
    operations = { text = { transfer = "courier" } }
  }

  expect_failures = [var.operations]
}

run "rejects_a_region_without_the_operation" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "ca-central-1"]
    operations      = { text = { regions = ["ca-central-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_an_operation_in_a_region_that_is_not_allowed" {
  command = plan

  variables {
    operations = { text = { regions = ["us-east-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_a_staged_operation_outside_the_remote_region" {
  command = plan

  variables {
    operations = { text = { transfer = "staged", regions = ["eu-central-1"] } }
  }

  expect_failures = [var.operations]
}

run "rejects_an_unknown_setting" {
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

run "rejects_a_string_in_place_of_a_number" {
  command = plan

  variables {
    operations = { labels = { settings = { MaxLabels = "many" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_value_that_is_not_in_the_enum" {
  command = plan

  variables {
    operations = { faces = { settings = { Attributes = "[\"NOSE\"]" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_fraction_in_place_of_a_whole_number" {
  command = plan

  variables {
    operations = { labels = { settings = { MaxLabels = 2.5 } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_string_in_place_of_a_list" {
  command = plan

  variables {
    operations = { faces = { settings = { Attributes = "ALL" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_list_in_place_of_an_object" {
  command = plan

  variables {
    operations = { text = { settings = { Filters = "[]" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_object_without_a_required_member" {
  command = plan

  variables {
    operations = { protective-equipment = { settings = { SummarizationAttributes = "{\"MinConfidence\":80}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_unknown_filter" {
  command = plan

  variables {
    operations = { labels = { settings = { Settings = "{\"GeneralLabels\":{\"LabelInclusionFilter\":[\"Cat\"]}}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_label_that_does_not_match_its_pattern" {
  command = plan

  variables {
    operations = { labels = { settings = { Settings = "{\"GeneralLabels\":{\"LabelInclusionFilters\":[\"Cat!\"]}}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_operation_without_a_required_setting" {
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

run "rejects_a_model_outside_the_regions_of_its_operation" {
  command = plan

  variables {
    operations = { custom-labels = { regions = ["eu-west-1"], settings = { ProjectVersionArn = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/first/1" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_a_staged_operation_outside_the_region_of_its_model" {
  command = plan

  variables {
    operations = { moderation = { transfer = "staged", settings = { ProjectVersion = "arn:aws:rekognition:eu-central-1:123456789012:project/cats/version/first/1" } } }
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

run "rejects_human_review" {
  command = plan

  variables {
    operations = { moderation = { settings = { HumanLoopConfig = "{\"HumanLoopName\":\"a\",\"FlowDefinitionArn\":\"arn\"}" } } }
  }

  expect_failures = [data.aws_caller_identity.this]
}

run "rejects_an_unknown_home_region" {
  command = plan

  variables {
    home_region    = "eu-west-9"
    ids_secret_arn = "arn:aws:secretsmanager:eu-west-9:123456789012:secret:kit-ids-a1b2c3"
  }

  expect_failures = [var.home_region]
}

run "rejects_an_unknown_remote_region" {
  command = plan

  variables {
    remote_region = "eu-west-9"
  }

  expect_failures = [var.remote_region]
}

run "rejects_the_home_region_as_remote_region" {
  command = plan

  variables {
    remote_region = "eu-west-3"
  }

  expect_failures = [var.remote_region]
}

run "rejects_a_remote_region_that_is_not_allowed" {
  command = plan

  variables {
    remote_region = "eu-west-2"
  }

  expect_failures = [var.remote_region]
}

run "rejects_an_unknown_allowed_region" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "ireland"]
  }

  expect_failures = [var.allowed_regions]
}

run "rejects_an_allowed_region_of_another_partition" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "us-gov-west-1"]
  }

  expect_failures = [var.allowed_regions]
}

run "rejects_a_prefix_with_upper_case_letters" {
  command = plan

  variables {
    prefix = "Kit"
  }

  expect_failures = [var.prefix]
}

run "rejects_a_prefix_that_s3_reserves" {
  command = plan

  variables {
    prefix = "sthree"
  }

  expect_failures = [var.prefix]
}

run "rejects_the_name_of_the_default_event_bus" {
  command = plan

  variables {
    prefix = "default"
  }

  expect_failures = [var.prefix]
}

run "rejects_a_staging_ttl_longer_than_the_buckets" {
  command = plan

  variables {
    staging_ttl_h = 25
  }

  expect_failures = [var.staging_ttl_h]
}

run "rejects_a_stale_after_longer_than_the_staging_ttl" {
  command = plan

  variables {
    stale_after_s = 86400
  }

  expect_failures = [var.stale_after_s]
}

run "rejects_settings_of_an_unknown_function" {
  command = plan

  variables {
    function_settings = { analyse = { timeout_s = 3 } }
  }

  expect_failures = [var.function_settings]
}

run "rejects_a_concurrency_of_analyze" {
  command = plan

  variables {
    function_settings = { analyze = { concurrency = 3 } }
  }

  expect_failures = [var.function_settings]
}

run "rejects_a_boundary_that_is_not_a_policy" {
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

run "rejects_missing_packages" {
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

run "rejects_an_architecture_that_lambda_may_not_have_at_home" {
  command = plan

  variables {
    home_region    = "mx-central-1"
    architecture   = "arm64"
    ids_secret_arn = "arn:aws:secretsmanager:mx-central-1:123456789012:secret:kit-ids-a1b2c3"
  }

  expect_failures = [var.architecture]
}

run "accepts_the_other_architecture_there" {
  command = plan

  variables {
    home_region    = "mx-central-1"
    architecture   = "x86_64"
    ids_secret_arn = "arn:aws:secretsmanager:mx-central-1:123456789012:secret:kit-ids-a1b2c3"
  }
}

run "accepts_any_architecture_on_an_emulator" {
  command = plan

  variables {
    target         = "ministack"
    home_region    = "mx-central-1"
    architecture   = "arm64"
    ids_secret_arn = "arn:aws:secretsmanager:mx-central-1:123456789012:secret:kit-ids-a1b2c3"
  }
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

run "warns_about_an_operation_that_bypasses_home" {
  command = plan

  variables {
    home_region    = "eu-central-1"
    ids_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kit-ids-a1b2c3"
  }

  expect_failures = [check.home_region_is_used_where_it_has_the_operation]
}

run "accepts_an_operation_that_is_called_at_home" {
  command = plan

  variables {
    home_region    = "eu-central-1"
    ids_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kit-ids-a1b2c3"
    operations     = { text = { regions = ["eu-central-1"] } }
  }
}

run "rejects_an_empty_list_of_regions" {
  command = plan

  variables {
    operations = { labels = { regions = [] } }
  }

  expect_failures = [var.operations]
}

run "rejects_a_timeout_of_analyze_below_one_attempt" {
  command = plan

  variables {
    function_settings = { analyze = { timeout_s = 19 } }
  }

  expect_failures = [var.function_settings]
}

run "rejects_a_timeout_of_api_below_one_attempt" {
  command = plan

  variables {
    function_settings = { api = { timeout_s = 15 } }
  }

  expect_failures = [var.function_settings]
}

run "rejects_an_unknown_log_level" {
  command = plan

  variables {
    log_level = "TRACE"
  }

  expect_failures = [var.log_level]
}

run "rejects_an_unknown_image_privacy" {
  command = plan

  variables {
    image_privacy = "none"
  }

  expect_failures = [var.image_privacy]
}

run "rejects_a_negative_alarm_threshold" {
  command = plan

  variables {
    alarms = { dlq_messages = -1 }
  }

  expect_failures = [var.alarms]
}

run "accepts_the_arns_of_callers_that_may_name_every_key" {
  command = plan

  variables {
    api_trusted_callers = [
      "arn:aws:iam::123456789012:role/Backend",
      "arn:aws:iam::123456789012:role/teams/web/Backend",
      "arn:aws:iam::123456789012:user/staff/anna",
      "arn:aws:iam::210987654321:root",
      "arn:aws:sts::123456789012:federated-user/anna",
    ]
  }

  assert {
    condition     = length(var.api_trusted_callers) == 5
    error_message = "Roles, users, federated users and an account's root may be trusted."
  }
}

run "rejects_a_session_of_a_role_as_a_trusted_caller" {
  command = plan

  variables {
    api_trusted_callers = ["arn:aws:sts::123456789012:assumed-role/Backend/session-1"]
  }

  expect_failures = [var.api_trusted_callers]
}

run "rejects_a_wildcard_as_a_trusted_caller" {
  command = plan

  variables {
    api_trusted_callers = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.api_trusted_callers]
}

run "rejects_callers_without_a_signature_in_an_account" {
  command = plan

  variables {
    api_trusted_callers = ["anonymous"]
  }

  expect_failures = [var.api_trusted_callers]
}

run "accepts_callers_without_a_signature_on_an_emulator" {
  command = plan

  variables {
    target              = "localstack"
    api_trusted_callers = ["anonymous"]
  }

  assert {
    condition     = local.ephemeral
    error_message = "LocalStack's REST APIs do not name their callers."
  }
}

run "rejects_a_secret_of_another_region" {
  command = plan

  variables {
    ids_secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:kit-ids-a1b2c3"
  }

  expect_failures = [var.ids_secret_arn]
}

run "rejects_the_name_of_a_secret_in_place_of_its_arn" {
  command = plan

  variables {
    ids_secret_arn = "kit-ids"
  }

  expect_failures = [var.ids_secret_arn]
}

run "rejects_an_unknown_operation_of_the_api" {
  command = plan

  variables {
    api_operations = { smell = {} }
  }

  expect_failures = [var.api_operations]
}

run "rejects_a_region_of_the_api_that_is_not_allowed" {
  command = plan

  variables {
    api_operations = { labels = { regions = ["us-east-1"] } }
  }

  expect_failures = [var.api_operations]
}

run "rejects_a_region_of_the_api_that_lacks_the_operation" {
  command = plan

  variables {
    allowed_regions = ["eu-west-1", "ca-central-1"]
    api_operations  = { labels = { regions = ["ca-central-1"] } }
  }

  expect_failures = [var.api_operations]
}

run "rejects_an_operation_of_the_api_without_regions" {
  command = plan

  variables {
    api_operations = { labels = { regions = [] } }
  }

  expect_failures = [var.api_operations]
}

run "rejects_a_share_that_leaves_the_api_nothing" {
  command = plan

  variables {
    worker_share = 1
  }

  expect_failures = [var.worker_share]
}

run "rejects_a_share_that_leaves_uploads_nothing" {
  command = plan

  variables {
    worker_share = 0
  }

  expect_failures = [var.worker_share]
}

run "rejects_a_limit_of_one_caller_above_that_of_all" {
  command = plan

  variables {
    api_throttle        = { per_second = 10 }
    api_caller_throttle = { per_second = 11 }
  }

  expect_failures = [var.api_caller_throttle]
}

run "rejects_a_limit_of_no_request_at_once" {
  command = plan

  variables {
    api_caller_throttle = { burst = 0 }
  }

  expect_failures = [var.api_caller_throttle]
}
