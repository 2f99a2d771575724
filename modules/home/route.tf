# results queue -> ROUTE -> library table, event bus; the staged copy is deleted

module "route" {
  source = "../function"

  name      = "${var.prefix}-route"
  location  = var.location
  package   = merge(local.package, { entrypoint = "route" })
  role      = var.deployment.role
  settings  = local.function_settings.route
  log_level = var.deployment.log_level

  organisation = var.organisation

  environment = {
    RESULTS_QUEUE_URL = local.queues.results.url
    RESULTS_DLQ_URL   = local.queues.results.dlq_url
    RESULTS_BUCKET    = module.results.exports.name
    LIBRARY_TABLE     = aws_dynamodb_table.library.name
    STAGING_BUCKET    = var.remote.staging.name
    REMOTE_REGION     = var.remote.region
    ACCOUNT_ID        = var.location.account_id
    EVENT_BUS         = aws_cloudwatch_event_bus.this.name
    DEPLOYMENT        = var.prefix
  }

  queues = {
    results = { arn = local.queues.results.arn, batch_size = 10, concurrency = local.function_settings.route.concurrency }
  }

  permissions = {
    results        = { actions = ["s3:GetObject"], resources = ["${module.results.exports.arn}/*"] }
    library        = { actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [local.table_arns.library] }
    staging        = { actions = ["s3:DeleteObject"], resources = ["${var.remote.staging.arn}/*"] }
    dlq            = { actions = ["sqs:SendMessage"], resources = [local.queues.results.dlq_arn] }
    publish_events = { actions = ["events:PutEvents"], resources = [local.event_bus_arn] }
  }
}

locals {
  event_bus_arn = "arn:${var.location.partition}:events:${var.location.name}:${var.location.account_id}:event-bus/${var.prefix}"
}

# The events of finished operations. modules/sink has the rules that send them on.
resource "aws_cloudwatch_event_bus" "this" {
  name               = var.prefix
  kms_key_identifier = var.organisation.kms_key_arn
}
