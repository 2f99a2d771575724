# Staged copies: Rekognition can read an object from S3 only in its own region. Nothing else of an image is stored in this region.

locals {
  staging_bucket = "${var.prefix}-staging-${var.location.account_id}-${var.location.name}"
}

module "staging" {
  source = "../bucket"

  name      = local.staging_bucket
  partition = var.location.partition

  # No versions: one would outlive the copy that ROUTE deletes. S3 expires objects at the midnight after one day, so within about 48 hours.
  versioned = false
  days      = { current = 1 }
  ephemeral = var.ephemeral

  kms_key_arn = var.kms_key_arn
}

resource "aws_s3_bucket_notification" "staging" {
  bucket = module.staging.exports.name

  topic {
    topic_arn = local.topic_arn
    events    = ["s3:ObjectCreated:*"]
  }

  # S3 publishes a test notification when it is configured: the topic must admit it by then.
  depends_on = [aws_sns_topic_policy.events]
}
