# Staged copies wait here for Rekognition, which reads S3 in its own region only. Nothing else of an image is kept in this region.

locals {
  staging = "${var.prefix}-staging-${var.place.account_id}-${var.place.name}"
}

module "staging" {
  source = "../bucket"

  name      = local.staging
  partition = var.place.partition

  # A version would outlive the copy that ROUTE deletes. AWS expires objects at midnight after the day: say 48 hours.
  versioned  = false
  days       = { current = 1 }
  throw_away = var.throw_away
}

resource "aws_s3_bucket_notification" "staging" {
  bucket = module.staging.exports.name

  topic {
    topic_arn = local.topic_arn
    events    = ["s3:ObjectCreated:*"]
  }

  # S3 tries to publish when it is told of the topic.
  depends_on = [aws_sns_topic_policy.events]
}
