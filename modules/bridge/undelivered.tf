# What cannot be delivered stays on the topic's side: a subscription's dead-letter queue lives there.

locals {
  undelivered = "arn:${var.from.partition}:sqs:${var.from.name}:${var.from.account_id}:${var.undelivered}"
}

resource "aws_sqs_queue" "undelivered" {
  provider = aws.from

  name                      = var.undelivered
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
        # Within one region SNS is itself, opt-in or not.
        Sid       = "AdmitTopic"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.undelivered
        Condition = { ArnEquals = { "aws:SourceArn" = var.topic_arn } }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "undelivered" {
  provider = aws.from
  for_each = toset(var.alarm_actions == null ? [] : [var.undelivered])

  alarm_name        = each.key
  alarm_description = "SNS could not hand notifications to the home region. docs/operations.md tells how to send them again."
  alarm_actions     = var.alarm_actions

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.key }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}
