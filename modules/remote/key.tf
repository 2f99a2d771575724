# A customer managed key: the AWS managed one does not admit S3, and the topic would drop notifications without an error.

resource "aws_kms_key" "events" {
  description             = "${var.prefix}: notifications of staged copies"
  enable_key_rotation     = true
  deletion_window_in_days = var.ephemeral ? 7 : 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AdmitAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.location.partition}:iam::${var.location.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        # No condition, as in AWS's own example: the policy of the topic says which bucket may publish.
        Sid       = "AdmitS3"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_kms_alias" "events" {
  name          = "alias/${var.prefix}-events"
  target_key_id = aws_kms_key.events.key_id
}
