# work queues -> ANALYZE -> Rekognition -> results bucket -> results queue

locals {
  # Rekognition knows no resources for an image, but one for a model of the customer's own.
  rekognition = { for name, operation in var.operations : "call_${name}" => {
    actions   = ["rekognition:${operation.action}"]
    resources = [try(jsondecode(operation.settings).ProjectVersionArn, "*")]
    regions   = keys(operation.regions)
  } }
}

module "analyze" {
  source = "../function"

  name    = "${var.prefix}-analyze"
  place   = var.place
  package = merge(local.package, { entry = "analyze" })
  role    = var.deployment.role
  limits  = local.limits.analyze

  environment = {
    PREPARED_BUCKET = module.prepared.exports.name
    RESULTS_BUCKET  = module.results.exports.name
    LEDGER_TABLE    = aws_dynamodb_table.ledger.name
    PACE_TABLE      = aws_dynamodb_table.pace.name
    STAGING_BUCKET  = var.remote.staging.name
    REMOTE_REGION   = var.remote.region
    RESULTS_QUEUE   = local.queues.results.url
    OPERATIONS      = local.operations
  }

  # One message at a time: ten in series would outlive the timeout after being paid for.
  queues = { for name, operation in var.operations : name => {
    arn         = local.work[name].arn
    batch_size  = 1
    concurrency = operation.concurrency
  } }

  permissions = merge(local.rekognition, {
    prepared = { actions = ["s3:GetObject"], resources = ["${module.prepared.exports.arn}/*"] }
    results  = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.results.exports.arn}/*"] }
    absent   = { actions = ["s3:ListBucket"], resources = [module.prepared.exports.arn, module.results.exports.arn, var.remote.staging.arn] }
    staging  = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${var.remote.staging.arn}/*"] }
    pace     = { actions = ["dynamodb:UpdateItem"], resources = [local.tables.pace] }
    ledger   = { actions = ["dynamodb:UpdateItem"], resources = [local.tables.ledger] }
    report   = { actions = ["sqs:SendMessage"], resources = [local.queues.results.arn] }
    bury     = { actions = ["sqs:SendMessage"], resources = [for queue in local.work : queue.dead_arn] }
  })
}
