# every 5 minutes -> SWEEP -> what is pending too long is sent again; leftovers in staging go

module "sweep" {
  source = "../function"

  name    = "${var.prefix}-sweep"
  place   = var.place
  package = merge(local.package, { entry = "sweep" })
  role    = var.deployment.role
  limits  = local.limits.sweep

  environment = {
    RESULTS_QUEUE   = local.queues.results.url
    PREPARED_BUCKET = module.prepared.exports.name
    LIBRARY_TABLE   = aws_dynamodb_table.library.name
    STAGING_BUCKET  = var.remote.staging.name
    REMOTE_REGION   = var.remote.region
    OPERATIONS      = local.operations
    PATIENCE_S      = tostring(var.patience.pending_s)
    LONGEST_STAY_S  = tostring(var.patience.longest_stay_s)
  }

  permissions = {
    due      = { actions = ["dynamodb:Query"], resources = ["${local.tables.library}/index/due"] }
    library  = { actions = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], resources = [local.tables.library] }
    prepared = { actions = ["s3:GetObject"], resources = ["${module.prepared.exports.arn}/*"] }
    absent   = { actions = ["s3:ListBucket"], resources = [module.prepared.exports.arn] }
    leftover = { actions = ["s3:ListBucket"], resources = [var.remote.staging.arn] }
    staging  = { actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources = ["${var.remote.staging.arn}/*"] }
    work     = { actions = ["sqs:SendMessage"], resources = local.work_arns }
    report   = { actions = ["sqs:SendMessage"], resources = [local.queues.results.arn] }
  }
}

locals {
  rule_arn = "arn:${var.place.partition}:events:${var.place.name}:${var.place.account_id}:rule/${var.prefix}-sweep"
}

resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${var.prefix}-sweep"
  description         = "Sends again what has been pending too long."
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = module.sweep.exports.arn

  dead_letter_config {
    arn = local.undelivered
  }

  # EventBridge refuses a dead-letter queue that is not there.
  depends_on = [aws_sqs_queue.undelivered]
}

resource "aws_lambda_permission" "sweep" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.sweep.exports.name
  principal     = "events.amazonaws.com"
  source_arn    = local.rule_arn
}
