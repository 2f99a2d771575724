# staging bucket -> events topic -> the subscription of the bridge

locals {
  topic_arn = "arn:${var.location.partition}:sns:${var.location.name}:${var.location.account_id}:${var.prefix}-events"
}

resource "aws_sns_topic" "events" {
  name              = "${var.prefix}-events"
  kms_master_key_id = local.topic_key_arn
}

resource "aws_sns_topic_policy" "events" {
  arn = aws_sns_topic.events.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "AdmitStagingBucket"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = {
          ArnEquals    = { "aws:SourceArn" = module.staging.exports.arn }
          StringEquals = { "aws:SourceAccount" = var.location.account_id }
        }
      },
    ]
  })
}
