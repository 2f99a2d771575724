# Notifications that SNS cannot deliver. SNS requires the DLQ of a subscription to be in the topic's region.

module "delivery_dlq" {
  source = "../queue"

  providers = {
    aws = aws.from
  }

  location    = var.from
  kms_key_arn = var.kms_key_arns.from

  delivery_dlqs = {
    this = {
      name = var.delivery_dlq_name

      senders = { topic = { services = local.sns_principals, source_arn = var.topic_arn } }

      # A notification says when which role wrote which copy, and nobody needs it to be delivered later: SWEEP enqueues the image again, and
      # the copy it names is gone after two days. Four days leave time to look after a long weekend.
      retention_days = 4
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "delivery_dlq" {
  provider = aws.from
  for_each = toset(var.alarm.actions == null ? [] : [var.delivery_dlq_name])

  alarm_name        = each.key
  alarm_description = "SNS could not deliver notifications to the bridge queue in the home region; they are in this DLQ. Runbook: docs/operations.md."
  alarm_actions     = var.alarm.actions

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.key }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm.threshold
  treat_missing_data  = "notBreaching"
}
