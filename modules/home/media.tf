# media bucket -> uploads queue -> INGEST

locals {
  media_bucket = "${var.prefix}-media-${var.location.account_id}-${var.location.name}"
}

module "media" {
  source = "../bucket"

  name      = local.media_bucket
  partition = var.location.partition
  ephemeral = var.deployment.ephemeral

  kms_key_arn = var.organisation.kms_key_arn

  # INGEST reads the version that the event names, also when the object was overwritten since then.
  versioned = true
  days      = { noncurrent = 30 }
}

resource "aws_s3_bucket_notification" "media" {
  bucket = module.media.exports.name

  queue {
    queue_arn = local.queues.uploads.arn
    events    = ["s3:ObjectCreated:*"]
  }
}
