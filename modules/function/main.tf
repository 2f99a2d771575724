# One Lambda: its code, its log group, and the queues that it consumes.

locals {
  environment = merge(var.environment, { LOG_LEVEL = var.log_level })

  # Lambda's own name for a level of Python's.
  lambda_log_level = { WARNING = "WARN" }
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  filename         = local.zip
  s3_bucket        = try(local.object.bucket, null)
  s3_key           = try(local.object.key, null)
  source_code_hash = local.sha256
  handler          = "rekbridge_lambda.entrypoints.${var.package.entrypoint}.handler"
  runtime          = "python3.13"
  architectures    = [var.package.architecture]
  timeout          = var.settings.timeout_s
  memory_size      = var.settings.memory_mb

  kms_key_arn = var.organisation.kms_key_arn

  environment {
    variables = local.environment
  }

  dynamic "vpc_config" {
    for_each = var.organisation.network[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = lookup(local.lambda_log_level, var.log_level, var.log_level)
  }

  tracing_config {
    mode = "Active"
  }

  # Lambda checks the permission to create network interfaces when the function is created, and needs it until the function is deleted.
  depends_on = [var.depends_on_arns, aws_iam_role_policy.this]

  # Not a validation: `terraform console`, which evaluates an operator's variables, has no package at all.
  lifecycle {
    precondition {
      condition     = (var.package.dir == null) != (var.package.objects == null)
      error_message = "The package has ${var.package.dir == null ? "neither dir nor objects" : "dir and objects"}: set one of them."
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.organisation.log_retention_days
  kms_key_id        = var.organisation.kms_key_arn
}

resource "aws_cloudwatch_log_subscription_filter" "this" {
  count = length(var.organisation.log_destination[*])

  name            = var.name
  log_group_name  = aws_cloudwatch_log_group.this.name
  destination_arn = var.organisation.log_destination.arn
  role_arn        = var.organisation.log_destination.role_arn
  filter_pattern  = var.organisation.log_destination.filter_pattern
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.queues

  function_name           = aws_lambda_function.this.arn
  event_source_arn        = each.value.arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  # Not reserved concurrency: with it Lambda receives messages, throttles the function, and uses up their receives.
  scaling_config {
    maximum_concurrency = each.value.concurrency
  }

  # Lambda checks the permission to read the queue when the mapping is created.
  depends_on = [aws_iam_role_policy.this]
}
