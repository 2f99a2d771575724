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

      # Rekognition reads the staged copy with its caller's permissions, from inside AWS: not over the caller's connection.
      Condition = { Bool = { "aws:SecureTransport" = "false", "aws:ViaAWSService" = "false" } }
    }]
  })

  # S3 refuses two changes of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
