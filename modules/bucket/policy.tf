locals {
  arn = "arn:${var.partition}:s3:::${var.name}"

  # The bucket's key is a default: a request may name another one, or none. The second key of a condition exists only if the request names a key.
  own_key_statements = [for statement in [
    {
      Sid       = "NoOtherEncryption"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${local.arn}/*"
      Condition = { Null = { "s3:x-amz-server-side-encryption" = "false", "s3:x-amz-server-side-encryption-aws-kms-key-id" = "true" } }
    },
    {
      Sid       = "NoOtherKey"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${local.arn}/*"
      Condition = {
        Null            = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.kms_key_arn }
      }
    },
  ] : statement if var.kms_key_arn != null]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, "${local.arn}/*"]

      # Rekognition reads a staged copy from inside AWS with the permissions of its caller; such a request has no aws:SecureTransport of its own.
      Condition = { Bool = { "aws:SecureTransport" = "false", "aws:ViaAWSService" = "false" } }
    }], local.own_key_statements)
  })

  # S3 rejects two concurrent changes to the access of a bucket.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
