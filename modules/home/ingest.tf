# uploads queue -> INGEST -> prepared bucket -> work queues, or the remote staging bucket

module "ingest" {
  source = "../function"

  name      = "${var.prefix}-ingest"
  location  = var.location
  package   = merge(local.package, { entrypoint = "ingest" })
  role      = var.deployment.role
  settings  = local.function_settings.ingest
  log_level = var.deployment.log_level

  organisation = var.organisation
  staging_key  = var.organisation.staging_key

  # The id of a run contains the operations' settings. ANALYZE must have new settings before INGEST creates runs with them;
  # otherwise it would store results of the old settings under the new id.
  depends_on_arns = [module.analyze.exports.arn]

  environment = {
    UPLOADS_QUEUE_URL = local.queues.uploads.url
    UPLOADS_DLQ_URL   = local.queues.uploads.dlq_url
    MEDIA_BUCKET      = module.media.exports.name
    PREPARED_BUCKET   = module.prepared.exports.name
    LIBRARY_TABLE     = aws_dynamodb_table.library.name
    STAGING_BUCKET    = var.remote.staging.name
    REMOTE_REGION     = var.remote.region
    ACCOUNT_ID        = var.location.account_id
    IDS_SECRET        = var.ids_secret.id
    OPERATIONS        = local.packed_operations
    IMAGE_PRIVACY     = var.image_privacy
  }

  # One message at a time: a file that crashes its decoder must not fail other messages.
  queues = {
    uploads = { arn = local.queues.uploads.arn, batch_size = 1, concurrency = local.function_settings.ingest.concurrency }
  }

  # list_buckets: without it, S3 answers 403 instead of 404 for an object that does not exist. list_media: AWS's documents do not say which
  # permission that is for a version; this one is the likely one, and it gives names only, as list_buckets does.
  permissions = {
    ids_secret   = { actions = ["secretsmanager:GetSecretValue"], resources = [var.ids_secret.arn] }
    media        = { actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = ["${module.media.exports.arn}/*"] }
    list_media   = { actions = ["s3:ListBucketVersions"], resources = [module.media.exports.arn] }
    list_buckets = { actions = ["s3:ListBucket"], resources = [module.media.exports.arn, module.prepared.exports.arn] }
    prepared     = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.prepared.exports.arn}/*"] }
    staging      = { actions = ["s3:PutObject"], resources = ["${var.remote.staging.arn}/*"] }
    work_queues  = { actions = ["sqs:SendMessage", "sqs:GetQueueAttributes"], resources = local.work_queue_arns }
    dlq          = { actions = ["sqs:SendMessage"], resources = [local.queues.uploads.dlq_arn] }
    library = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [local.table_arns.library]
    }
  }
}
