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
    queue_arn = module.uploads.exports.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

module "uploads" {
  source = "../queue"

  name             = "${var.prefix}-uploads"
  place            = var.place
  reader_timeout_s = local.limits.ingest.timeout_s
  senders          = { media = { service = "s3.amazonaws.com", source_arn = "arn:${var.place.partition}:s3:::${local.media}" } }
}
