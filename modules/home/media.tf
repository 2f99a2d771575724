# media bucket -> uploads queue -> INGEST

locals {
  media = "${var.prefix}-media-${var.place.account_id}-${var.place.name}"
}

module "media" {
  source = "../bucket"

  name       = local.media
  partition  = var.place.partition
  throw_away = var.deployment.throw_away

  # INGEST reads the version that the event speaks of, also when the key was overwritten meanwhile.
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
