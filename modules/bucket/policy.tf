locals {
  arn = "arn:${var.partition}:s3:::${var.name}"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, "${local.arn}/*"]

      # Rekognition reads a staged copy from inside AWS with the permissions of its caller; such a request has no aws:SecureTransport of its own.
      Condition = { Bool = { "aws:SecureTransport" = "false", "aws:ViaAWSService" = "false" } }
    }]
  })

  # S3 rejects two concurrent changes to the access of a bucket.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
