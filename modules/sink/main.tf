# event bus -> a rule for each sink -> its target; what EventBridge cannot deliver goes to the sink's own DLQ.

locals {
  # A string, not a reference: policies can be read in the plan.
  rule_arns = { for key in keys(var.sinks) : key => "arn:${var.location.partition}:events:${local.home}:rule/${var.bus}/${var.prefix}-sink-${key}" }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.sinks

  name           = "${var.prefix}-sink-${each.key}"
  description    = "Sends events of Rekbridge to the sink ${each.key}."
  event_bus_name = var.bus
  event_pattern  = each.value.pattern
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.sinks

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = var.bus
  target_id      = "sink"
  arn            = local.target_arn[each.key]
  role_arn       = contains(keys(local.roles), each.key) ? aws_iam_role.this[each.key].arn : null

  # EventBridge's longest: a target that is away for a day loses nothing. After that, the event is in the DLQ for 14 days.
  retry_policy {
    maximum_event_age_in_seconds = 24 * 3600
    maximum_retry_attempts       = 185
  }

  # EventBridge rejects a DLQ that does not exist: the module's output is available when the queue is.
  dead_letter_config {
    arn = module.delivery_dlqs.delivery_dlqs[each.key].arn
  }

  # The first event may come at once.
  depends_on = [aws_iam_role_policy.this, aws_lambda_permission.this]
}

module "delivery_dlqs" {
  source = "../queue"

  location    = var.location
  kms_key_arn = var.kms_key_arn

  delivery_dlqs = { for key in keys(var.sinks) : key => {
    name    = "${var.prefix}-sink-${key}-delivery-dlq"
    senders = { rule = { services = ["events.amazonaws.com"], source_arn = local.rule_arns[key] } }
  } }
}

resource "aws_cloudwatch_metric_alarm" "delivery_dlq" {
  for_each = var.alarm.actions == null ? {} : var.sinks

  alarm_name        = "${var.prefix}-sink-${each.key}-delivery-dlq"
  alarm_description = "EventBridge could not deliver events to the sink ${each.key}; they are in this DLQ. Runbook: docs/operations.md."
  alarm_actions     = var.alarm.actions

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "${var.prefix}-sink-${each.key}-delivery-dlq" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm.threshold
  treat_missing_data  = "notBreaching"
}
