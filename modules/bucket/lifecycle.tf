locals {
  expiry_days = { for name, days in var.days : name => days if days != null }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  dynamic "rule" {
    for_each = local.expiry_days

    content {
      id     = rule.key
      status = "Enabled"

      filter {}

      dynamic "expiration" {
        for_each = rule.key == "current" ? [rule.value] : []

        content {
          days = expiration.value
        }
      }

      dynamic "noncurrent_version_expiration" {
        for_each = rule.key == "noncurrent" ? [rule.value] : []

        content {
          noncurrent_days = noncurrent_version_expiration.value
        }
      }
    }
  }

  # A rule for versions requires that versioning is enabled.
  depends_on = [aws_s3_bucket_versioning.this]
}
