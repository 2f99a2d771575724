mock_provider "aws" {}

variables {
  name    = "kit-ingest"
  place   = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  package = { dir = "./tests/package", entry = "ingest", architecture = "arm64" }
  limits  = { timeout_s = 30, memory_mb = 512 }
  queues  = { uploads = { arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads", batch_size = 10, concurrency = 4 } }
}

run "without_permissions_it_only_logs_and_traces" {
  command = plan

  variables {
    queues = {}
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[*].Sid == ["Log", "Trace"]
    error_message = "A function must not get what nobody listed."
  }
}

run "its_log_is_the_only_one_it_writes" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == ["arn:aws:logs:eu-west-3:123456789012:log-group:/aws/lambda/kit-ingest:*"]
    error_message = "The log statement must name the function's own group."
  }
}

run "a_reader_may_also_change_visibility" {
  command = plan

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement if statement.Sid == "Read"] == [{
      Sid      = "Read"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
      Resource = ["arn:aws:sqs:eu-west-3:123456789012:kit-uploads"]
    }]
    error_message = "Backing off is a change of visibility, on its own queue only."
  }
}

run "a_statement_may_be_for_some_regions_only" {
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
    error_message = "The regions must be a condition, and the Sid letters and digits."
  }
}

run "a_batch_may_fail_in_part" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.this["uploads"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One bad message must not bring its neighbours back."
  }
}

run "concurrency_is_bounded_at_the_queue" {
  command = plan

  assert {
    condition     = one(aws_lambda_event_source_mapping.this["uploads"].scaling_config).maximum_concurrency == 4
    error_message = "The queue must not call more often than it was told."
  }
}

run "the_zip_is_the_entrys" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.filename == "./tests/package/ingest.zip" && aws_lambda_function.this.handler == "rekbridge_lambda.entrypoints.ingest.handler"
    error_message = "Code and handler must be of one entry."
  }
}

run "logs_are_json_and_expire" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_format == "JSON" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "Logs must be searchable by field, and go."
  }
}

run "path_and_boundary_reach_the_role" {
  command = plan

  variables {
    role = { path = "/kit/", boundary = "arn:aws:iam::123456789012:policy/limits" }
  }

  assert {
    condition     = aws_iam_role.this.path == "/kit/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/limits"
    error_message = "What the organisation asks of roles must hold for every one."
  }
}

run "rejects_a_timeout_lambda_does_not_have" {
  command = plan

  variables {
    limits = { timeout_s = 901, memory_mb = 512 }
  }

  expect_failures = [var.limits]
}

run "rejects_a_memory_lambda_does_not_have" {
  command = plan

  variables {
    limits = { timeout_s = 30, memory_mb = 64 }
  }

  expect_failures = [var.limits]
}

run "rejects_a_concurrency_below_lambdas_least" {
  command = plan

  variables {
    queues = { uploads = { arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads", batch_size = 10, concurrency = 1 } }
  }

  expect_failures = [var.queues]
}

run "rejects_a_batch_that_needs_a_window" {
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
    package = { dir = "./tests/package", entry = "ingest", architecture = "aarch64" }
  }

  expect_failures = [var.package]
}
