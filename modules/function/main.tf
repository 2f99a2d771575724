# One Lambda: its code, its log, and the queues it reads.

locals {
  zip = "${var.package.dir}/${var.package.entry}.zip"
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  filename         = local.zip
  source_code_hash = filebase64sha256(local.zip)
  handler          = "rekbridge_lambda.entrypoints.${var.package.entry}.handler"
  runtime          = "python3.13"
  architectures    = [var.package.architecture]
  timeout          = var.limits.timeout_s
  memory_size      = var.limits.memory_mb

  environment {
    variables = var.environment
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  tracing_config {
    mode = "Active"
  }

  depends_on = [var.after]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.queues

  function_name           = aws_lambda_function.this.arn
  event_source_arn        = each.value.arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  # Here, not as reserved concurrency: a throttled function burns a message's receives.
  scaling_config {
    maximum_concurrency = each.value.concurrency
  }

  # Lambda checks that it may read the queue when the mapping is made.
  depends_on = [aws_iam_role_policy.this]
}
