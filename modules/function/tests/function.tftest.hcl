mock_provider "aws" {}

variables {
  name     = "kit-ingest"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  package  = { dir = "./tests/package", entrypoint = "ingest", architecture = "arm64" }
  settings = { timeout_s = 30, memory_mb = 512 }
  queues   = { uploads = { arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads", batch_size = 10, concurrency = 4 } }
}

run "without_permissions_a_function_only_logs_and_traces" {
  command = plan

  variables {
    queues = {}
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[*].Sid == ["WriteLogs", "WriteTraces"]
    error_message = "A function must have the base statements only."
  }
}

run "a_function_writes_to_its_own_log_group_only" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource if statement.Sid == "WriteLogs"]) == ["arn:aws:logs:eu-west-3:123456789012:log-group:/aws/lambda/kit-ingest:*"]
    error_message = "The statement for logs must name the function's own log group."
  }
}

run "a_consumer_may_change_visibility" {
  command = plan

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement if statement.Sid == "ConsumeQueues"] == [{
      Sid      = "ConsumeQueues"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
      Resource = ["arn:aws:sqs:eu-west-3:123456789012:kit-uploads"]
    }]
    error_message = "Backoff changes the visibility timeout, on the function's own queues only."
  }
}

run "a_statement_can_be_limited_to_regions" {
  command = plan

  variables {
    queues      = {}
    permissions = { call_protective-equipment = { actions = ["rekognition:DetectProtectiveEquipment"], resources = ["*"], regions = ["eu-west-1", "eu-central-1"] } }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[0] == {
      Sid       = "CallProtectiveEquipment"
      Effect    = "Allow"
      Action    = ["rekognition:DetectProtectiveEquipment"]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestedRegion" = ["eu-west-1", "eu-central-1"] } }
    }
    error_message = "The regions must be a condition, and a Sid may have letters and digits only."
  }
}

run "a_batch_can_fail_partially" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.this["uploads"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One failed message must not return the rest of its batch to the queue."
  }
}

run "concurrency_is_limited_at_the_queue" {
  command = plan

  assert {
    condition     = one(aws_lambda_event_source_mapping.this["uploads"].scaling_config).maximum_concurrency == 4
    error_message = "The mapping must have the given maximum concurrency."
  }
}

run "zip_and_handler_belong_to_the_entrypoint" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.filename == "./tests/package/ingest.zip" && aws_lambda_function.this.handler == "rekbridge_lambda.entrypoints.ingest.handler"
    error_message = "The zip and the handler must belong to the same entrypoint."
  }
}

run "logs_are_json_and_expire" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_format == "JSON" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "Logs must be searchable by field, and expire."
  }
}

run "the_log_level_is_info_by_default" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.logging_config).application_log_level == "INFO" && one(aws_lambda_function.this.environment).variables == tomap({ LOG_LEVEL = "INFO" })
    error_message = "Success is logged at INFO: it must be logged by default."
  }
}

run "the_log_level_reaches_lambda_and_the_code" {
  command = plan

  variables {
    log_level   = "WARNING"
    environment = { MEDIA_BUCKET = "kit-media" }
  }

  assert {
    condition     = one(aws_lambda_function.this.logging_config).application_log_level == "WARN"
    error_message = "Lambda's name for WARNING is WARN."
  }

  assert {
    condition     = one(aws_lambda_function.this.environment).variables == tomap({ MEDIA_BUCKET = "kit-media", LOG_LEVEL = "WARNING" })
    error_message = "The code must get the level by Python's name, beside its other variables."
  }
}

run "the_role_has_path_and_boundary" {
  command = plan

  variables {
    role = { path = "/kit/", boundary = "arn:aws:iam::123456789012:policy/limits" }
  }

  assert {
    condition     = aws_iam_role.this.path == "/kit/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/limits"
    error_message = "Every role must have the path and the boundary of the organisation."
  }
}

run "rejects_a_timeout_out_of_lambdas_range" {
  command = plan

  variables {
    settings = { timeout_s = 901, memory_mb = 512 }
  }

  expect_failures = [var.settings]
}

run "rejects_a_memory_out_of_lambdas_range" {
  command = plan

  variables {
    settings = { timeout_s = 30, memory_mb = 64 }
  }

  expect_failures = [var.settings]
}

run "rejects_an_unknown_log_level" {
  command = plan

  variables {
    log_level = "info"
  }

  expect_failures = [var.log_level]
}

run "rejects_an_environment_of_more_than_4_kb" {
  command = plan

  variables {
    environment = { OPERATIONS = format("%04074d", 0) }
  }

  expect_failures = [var.environment]
}

run "rejects_a_concurrency_below_lambdas_minimum" {
  command = plan

  variables {
    queues = { uploads = { arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads", batch_size = 10, concurrency = 1 } }
  }

  expect_failures = [var.queues]
}

run "rejects_a_batch_size_that_needs_a_batching_window" {
  command = plan

  variables {
    queues = { uploads = { arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads", batch_size = 11, concurrency = 2 } }
  }

  expect_failures = [var.queues]
}

run "rejects_a_wildcard_action" {
  command = plan

  variables {
    permissions = { media = { actions = ["s3:Get*"], resources = ["arn:aws:s3:::kit-media/*"] } }
  }

  expect_failures = [var.permissions]
}

run "rejects_an_unknown_architecture" {
  command = plan

  variables {
    package = { dir = "./tests/package", entrypoint = "ingest", architecture = "aarch64" }
  }

  expect_failures = [var.package]
}

run "a_released_zip_is_read_from_its_bucket" {
  command = plan

  variables {
    package = {
      objects      = { ingest = { bucket = "releases", key = "rekbridge/arm64/ingest-1.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }
      entrypoint   = "ingest"
      architecture = "arm64"
    }
  }

  assert {
    condition     = [aws_lambda_function.this.s3_bucket, aws_lambda_function.this.s3_key, aws_lambda_function.this.source_code_hash] == ["releases", "rekbridge/arm64/ingest-1.zip", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="] && aws_lambda_function.this.filename == null
    error_message = "Lambda must read exactly the released zip, and Terraform none of this machine."
  }

  # The base64 above is the SHA-256 of the empty text.
  assert {
    condition     = output.version == substr(sha256(""), 0, 12)
    error_message = "The version must be the beginning of the zip's SHA-256, as `sha256sum` prints it."
  }
}

run "a_zip_of_this_machine_has_the_same_version_and_hash_as_a_released_one" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.filename == "./tests/package/ingest.zip" && aws_lambda_function.this.s3_bucket == null && aws_lambda_function.this.source_code_hash == filebase64sha256("./tests/package/ingest.zip")
    error_message = "The zip of the folder must be used."
  }

  assert {
    condition     = output.version == substr(filesha256("./tests/package/ingest.zip"), 0, 12)
    error_message = "The same zip must have the same version, from wherever it is read."
  }
}

run "rejects_a_package_from_two_places" {
  command = plan

  variables {
    package = { dir = "./tests/package", objects = { ingest = { bucket = "releases", key = "ingest.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }, entrypoint = "ingest", architecture = "arm64" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "rejects_a_package_from_nowhere" {
  command = plan

  variables {
    package = { entrypoint = "ingest", architecture = "arm64" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_function_in_a_vpc_may_connect_and_its_code_may_not" {
  command = plan

  variables {
    queues       = {}
    organisation = { network = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] } }
  }

  assert {
    condition     = one(aws_lambda_function.this.vpc_config).subnet_ids == toset(["subnet-1", "subnet-2"]) && one(aws_lambda_function.this.vpc_config).security_group_ids == toset(["sg-1"])
    error_message = "The function must be in the subnets and security groups of the organisation."
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement if statement.Sid == "DenyVpcToTheCode"] == [{
      Sid       = "DenyVpcToTheCode"
      Effect    = "Deny"
      Action    = concat(local.network_actions, ["ec2:DetachNetworkInterface"])
      Resource  = ["*"]
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-west-3:123456789012:function:kit-ingest" } }
    }]
    error_message = "Lambda needs the permissions for network interfaces, and the function's code does not."
  }
}

run "a_key_is_used_only_through_the_services_that_the_function_calls" {
  command = plan

  variables {
    organisation = { kms_key_arn = "arn:aws:kms:eu-west-3:123456789012:key/home" }
    staging_key  = { arn = "arn:aws:kms:eu-west-1:123456789012:key/staging", region = "eu-west-1" }
    permissions  = { media = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::kit-media/*"] } }
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == "arn:aws:kms:eu-west-3:123456789012:key/home" && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-3:123456789012:key/home"
    error_message = "The environment and the log group must be encrypted with the key."
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource[0] => statement.Condition.StringEquals["kms:ViaService"] if startswith(statement.Action[0], "kms:") } == {
      "arn:aws:kms:eu-west-3:123456789012:key/home"    = ["lambda.eu-west-3.amazonaws.com", "s3.eu-west-3.amazonaws.com", "sqs.eu-west-3.amazonaws.com"]
      "arn:aws:kms:eu-west-1:123456789012:key/staging" = ["s3.eu-west-1.amazonaws.com"]
    }
    error_message = "The role may use a key only through the services that encrypt what the function reads and writes."
  }
}

run "log_lines_are_kept_and_sent_as_the_organisation_requires" {
  command = plan

  variables {
    organisation = { log_retention_days = 400, log_destination = { arn = "arn:aws:firehose:eu-west-3:123456789012:deliverystream/logs", role_arn = "arn:aws:iam::123456789012:role/logs" } }
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 400 && one(aws_cloudwatch_log_subscription_filter.this).filter_pattern == "" && one(aws_cloudwatch_log_subscription_filter.this).log_group_name == "/aws/lambda/kit-ingest"
    error_message = "Every line must be kept for the given days and sent to the destination."
  }
}
