# results queue -> ROUTE -> library, event bus; the staged copy goes

module "route" {
  source = "../function"

  name    = "${var.prefix}-route"
  place   = var.place
  package = merge(local.package, { entry = "route" })
  role    = var.deployment.role
  limits  = local.limits.route

  environment = {
    RESULTS_QUEUE  = local.queues.results.url
    RESULTS_DEAD   = local.queues.results.dead_url
    RESULTS_BUCKET = module.results.exports.name
    LIBRARY_TABLE  = aws_dynamodb_table.library.name
    STAGING_BUCKET = var.remote.staging.name
    REMOTE_REGION  = var.remote.region
    EVENT_BUS      = aws_cloudwatch_event_bus.this.name
  }

  queues = {
    results = { arn = local.queues.results.arn, batch_size = 10, concurrency = local.limits.route.concurrency }
  }

  permissions = {
    results = { actions = ["s3:GetObject"], resources = ["${module.results.exports.arn}/*"] }
    library = { actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [local.tables.library] }
    staging = { actions = ["s3:DeleteObject"], resources = ["${var.remote.staging.arn}/*"] }
    bury    = { actions = ["sqs:SendMessage"], resources = [local.queues.results.dead_arn] }
    tell    = { actions = ["events:PutEvents"], resources = [local.bus_arn] }
  }
}

locals {
  bus_arn = "arn:${var.place.partition}:events:${var.place.name}:${var.place.account_id}:event-bus/${var.prefix}"
}

# Whoever wants to know of a finished image adds a rule to this bus.
resource "aws_cloudwatch_event_bus" "this" {
  name = var.prefix
}
