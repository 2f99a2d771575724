# A customer managed key: the AWS managed one does not admit S3, and the topic would drop notifications without an error.
# With a key of yours, its own policy has to admit S3 (the output required_key_policies of modules/rekbridge).

locals {
  own_key       = var.kms_key_arn == null ? 1 : 0
  topic_key_arn = var.kms_key_arn == null ? one(aws_kms_key.events[*].arn) : var.kms_key_arn
}

resource "aws_kms_key" "events" {
  count = local.own_key

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
        # For this topic only, whose policy says which bucket may publish: SNS uses the key with the topic's ARN as encryption context
        # (SNS Developer Guide, "Setting up Amazon SNS topic encryption"). Without it, S3 would use the key for topics of every account.
        Sid       = "AdmitS3"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:EncryptionContext:aws:sns:topicArn" = local.topic_arn } }
      },
    ]
  })
}

resource "aws_kms_alias" "events" {
  count = local.own_key

  name          = "alias/${var.prefix}-events"
  target_key_id = aws_kms_key.events[0].key_id
}

# Before there was a choice of key, these had no count.
moved {
  from = aws_kms_key.events
  to   = aws_kms_key.events[0]
}

moved {
  from = aws_kms_alias.events
  to   = aws_kms_alias.events[0]
}
