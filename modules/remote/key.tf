# A key of our own: the AWS-managed one does not admit S3, whose notifications would be dropped without a word.

resource "aws_kms_key" "events" {
  description             = "${var.prefix}: notifications on their way home"
  enable_key_rotation     = true
  deletion_window_in_days = var.throw_away ? 7 : 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.place.partition}:iam::${var.place.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        # No condition, as in AWS's own example: which bucket may publish is said by the topic's policy.
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
