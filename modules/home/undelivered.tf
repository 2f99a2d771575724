# What EventBridge could not hand to SWEEP.

locals {
  undelivered = "arn:${var.place.partition}:sqs:${var.place.name}:${var.place.account_id}:${var.prefix}-sweep-undelivered"
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.prefix}-sweep-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.undelivered
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "AdmitSchedule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.undelivered
        Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arn } }
      },
    ]
  })
}
