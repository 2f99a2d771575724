# work queues -> ANALYZE -> Rekognition -> results bucket -> results queue

locals {
  # IAM has no resources for Rekognition's image operations, except for a custom model.
  rekognition_permissions = { for name, operation in var.operations : "call_${name}" => {
    actions   = ["rekognition:${operation.action}"]
    resources = [try(jsondecode(operation.settings).ProjectVersionArn, "*")]
    regions   = keys(operation.regions)
  } }
}

module "analyze" {
  source = "../function"

  name      = "${var.prefix}-analyze"
  location  = var.location
  package   = merge(local.package, { entrypoint = "analyze" })
  role      = var.deployment.role
  settings  = local.function_settings.analyze
  log_level = var.deployment.log_level

  organisation = var.organisation
  staging_key  = var.organisation.staging_key

  environment = {
    PREPARED_BUCKET   = module.prepared.exports.name
    RESULTS_BUCKET    = module.results.exports.name
    LIBRARY_TABLE     = aws_dynamodb_table.library.name
    CLAIMS_TABLE      = aws_dynamodb_table.claims.name
    RATE_LIMIT_TABLE  = aws_dynamodb_table.rate_limit.name
    STAGING_BUCKET    = var.remote.staging.name
    REMOTE_REGION     = var.remote.region
    ACCOUNT_ID        = var.location.account_id
    RESULTS_QUEUE_URL = local.queues.results.url
    OPERATIONS        = local.packed_operations
    WORKER_SHARE      = var.worker_share
    DEPLOYMENT        = var.prefix
  }

  # One message at a time: ten in sequence could exceed the timeout after their calls were paid for.
  queues = { for name, operation in var.operations : name => {
    arn         = local.work_queues[name].arn
    batch_size  = 1
    concurrency = operation.concurrency
  } }

  # list_buckets: without it, S3 answers 403 instead of 404 for an object that does not exist.
  permissions = merge(local.rekognition_permissions, {
    prepared      = { actions = ["s3:GetObject"], resources = ["${module.prepared.exports.arn}/*"] }
    results       = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.results.exports.arn}/*"] }
    list_buckets  = { actions = ["s3:ListBucket"], resources = [module.prepared.exports.arn, module.results.exports.arn, var.remote.staging.arn] }
    staging       = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${var.remote.staging.arn}/*"] }
    rate_limit    = { actions = ["dynamodb:UpdateItem"], resources = [local.table_arns.rate_limit] }
    library       = { actions = ["dynamodb:GetItem"], resources = [local.table_arns.library] }
    claims        = { actions = ["dynamodb:UpdateItem"], resources = [local.table_arns.claims] }
    results_queue = { actions = ["sqs:SendMessage"], resources = [local.queues.results.arn] }
    dlq           = { actions = ["sqs:SendMessage"], resources = [for queue in local.work_queues : queue.dlq_arn] }
  })
}
