# every 5 minutes -> SWEEP -> stale runs are enqueued again; old copies in the staging bucket are deleted

module "sweep" {
  source = "../function"

  name      = "${var.prefix}-sweep"
  location  = var.location
  package   = merge(local.package, { entrypoint = "sweep" })
  role      = var.deployment.role
  settings  = local.function_settings.sweep
  log_level = var.deployment.log_level

  organisation = var.organisation
  staging_key  = var.organisation.staging_key

  environment = {
    RESULTS_QUEUE_URL = local.queues.results.url
    PREPARED_BUCKET   = module.prepared.exports.name
    LIBRARY_TABLE     = aws_dynamodb_table.library.name
    STAGING_BUCKET    = var.remote.staging.name
    REMOTE_REGION     = var.remote.region
    ACCOUNT_ID        = var.location.account_id
    OPERATIONS        = local.packed_operations
    STALE_AFTER_S     = tostring(var.sweep.stale_after_s)
    STAGING_TTL_S     = tostring(var.sweep.staging_ttl_s)
    DEPLOYMENT        = var.prefix
  }

  # list_buckets: without it, S3 answers 403 instead of 404 for an object that does not exist.
  permissions = {
    due_index     = { actions = ["dynamodb:Query"], resources = ["${local.table_arns.library}/index/due"] }
    library       = { actions = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], resources = [local.table_arns.library] }
    prepared      = { actions = ["s3:GetObject"], resources = ["${module.prepared.exports.arn}/*"] }
    list_buckets  = { actions = ["s3:ListBucket"], resources = [module.prepared.exports.arn] }
    list_staging  = { actions = ["s3:ListBucket"], resources = [var.remote.staging.arn] }
    staging       = { actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources = ["${var.remote.staging.arn}/*"] }
    work_queues   = { actions = ["sqs:SendMessage"], resources = local.work_queue_arns }
    results_queue = { actions = ["sqs:SendMessage"], resources = [local.queues.results.arn] }
  }
}

locals {
  schedule_rule_arn = "arn:${var.location.partition}:events:${var.location.name}:${var.location.account_id}:rule/${var.prefix}-sweep"
}

resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${var.prefix}-sweep"
  description         = "Starts SWEEP, which enqueues stale runs again and deletes old staged copies."
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = module.sweep.exports.arn

  # EventBridge rejects a DLQ that does not exist: the module's output is available when the queue is.
  dead_letter_config {
    arn = local.sweep_delivery_dlq.arn
  }
}

# The schedule invokes asynchronously. Without this, Lambda repeats a failed sweep after one and after two minutes, beside the next one;
# what a sweep left is the next one's anyway. 60 seconds are the least that Lambda accepts. No reserved concurrency: AWS refuses it in an
# account that has only ten executions, and EventBridge may deliver an event twice. Two sweeps at once do no harm.
resource "aws_lambda_function_event_invoke_config" "sweep" {
  function_name                = module.sweep.exports.name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_lambda_permission" "sweep" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.sweep.exports.name
  principal     = "events.amazonaws.com"
  source_arn    = local.schedule_rule_arn
}
