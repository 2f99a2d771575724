# uploads queue -> INGEST -> prepared bucket -> work queues, or the remote staging bucket

module "ingest" {
  source = "../function"

  name    = "${var.prefix}-ingest"
  place   = var.place
  package = merge(local.package, { entry = "ingest" })
  role    = var.deployment.role
  limits  = local.limits.ingest

  # A run is named after its settings: ANALYZE must not answer new ones by the old.
  after = [module.analyze.exports.arn]

  environment = {
    UPLOADS_QUEUE   = local.queues.uploads.url
    UPLOADS_DEAD    = local.queues.uploads.dead_url
    MEDIA_BUCKET    = module.media.exports.name
    PREPARED_BUCKET = module.prepared.exports.name
    LIBRARY_TABLE   = aws_dynamodb_table.library.name
    STAGING_BUCKET  = var.remote.staging.name
    REMOTE_REGION   = var.remote.region
    OPERATIONS      = local.operations
  }

  # One at a time: a file that crashes its decoder must not take others along.
  queues = {
    uploads = { arn = local.queues.uploads.arn, batch_size = 1, concurrency = local.limits.ingest.concurrency }
  }

  permissions = {
    media    = { actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = ["${module.media.exports.arn}/*"] }
    absent   = { actions = ["s3:ListBucket"], resources = [module.media.exports.arn, module.prepared.exports.arn] }
    prepared = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.prepared.exports.arn}/*"] }
    staging  = { actions = ["s3:PutObject"], resources = ["${var.remote.staging.arn}/*"] }
    work     = { actions = ["sqs:SendMessage", "sqs:GetQueueAttributes"], resources = local.work_arns }
    bury     = { actions = ["sqs:SendMessage"], resources = [local.queues.uploads.dead_arn] }
    library = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [local.tables.library]
    }
  }
}
