# Alarms for everything that needs a person: messages in DLQs, failing functions, open circuit breakers, operations that make no progress.
# The metrics of the functions have the dimension Deployment: another deployment in the account must not move these alarms.

locals {
  dlq_names = concat(
    [for queue in local.queues : queue.dlq_name],
    [var.bridge.dlq_name, local.sweep_delivery_dlq.name],
  )
  function_names = [for function in [module.ingest, module.bridge, module.analyze, module.route, module.sweep, module.api] : function.exports.name]

  alarms = merge(
    { for name in local.dlq_names : name => {
      description = "Messages are in a dead-letter queue, which nothing consumes."
      metric      = ["AWS/SQS", "ApproximateNumberOfMessagesVisible"]
      dimensions  = { QueueName = name }
      statistic   = "Maximum"
      periods     = 1
      threshold   = var.alarms.dlq_messages
    } },
    { for name in local.function_names : "${name}-errors" => {
      description = "Invocations of the function have failed for 15 minutes."
      metric      = ["AWS/Lambda", "Errors"]
      dimensions  = { FunctionName = name }
      statistic   = "Sum"
      periods     = 3
      threshold   = var.alarms.function_errors
    } },
    { for name in local.function_names : "${name}-throttles" => {
      description = "Invocations of the function have been throttled for 15 minutes."
      metric      = ["AWS/Lambda", "Throttles"]
      dimensions  = { FunctionName = name }
      statistic   = "Sum"
      periods     = 3
      threshold   = var.alarms.function_throttles
    } },
    { "${var.prefix}-circuit-opened" = {
      description = "A circuit breaker opened: a region fails, or rejects this account. Calls go to other regions, or wait. The log of ANALYZE or API names the region."
      metric      = ["Rekbridge", "CircuitsOpened"]
      dimensions  = { Deployment = var.prefix }
      statistic   = "Sum"
      periods     = 1
      threshold   = var.alarms.circuits_opened
    } },
    { "${var.prefix}-api-5xx" = {
      description = "The REST API has answered with status 5xx for 15 minutes. Its access log has the requests."
      metric      = ["AWS/ApiGateway", "5XXError"]
      dimensions  = { ApiName = module.gateway.exports.name, Stage = module.gateway.exports.stage }
      statistic   = "Sum"
      periods     = 3
      threshold   = var.alarms.api_5xx
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.deployment.alarm_actions != null }

  alarm_name        = each.key
  alarm_description = "${each.value.description} Runbook: docs/operations.md."
  alarm_actions     = var.deployment.alarm_actions

  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}

# Images may rightly wait for hours, during a bulk load or while a region is full: as long as answers arrive, nobody needs to look.
# SWEEP emits both metrics at the same moment (of the answers a zero), so neither has a gap that the other does not have.
resource "aws_cloudwatch_metric_alarm" "stalled" {
  for_each = { for operation in keys(var.operations) : "${var.prefix}-stalled-${operation}" => operation if var.deployment.alarm_actions != null }

  alarm_name        = each.key
  alarm_description = "Images wait for ${each.value}, and for 15 minutes no answer was stored. Runbook: docs/operations.md."
  alarm_actions     = var.deployment.alarm_actions

  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.stalled_runs
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "stalled"
    label       = "stale runs, while no answer is stored"
    expression  = "IF(answers > 0, 0, stale)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { stale = ["StaleRuns", "Maximum"], answers = ["StoredAnswers", "Sum"] }

    content {
      id = metric_query.key

      metric {
        namespace   = "Rekbridge"
        metric_name = metric_query.value[0]
        dimensions  = { Deployment = var.prefix, Operation = each.value }
        stat        = metric_query.value[1]
        period      = 300
      }
    }
  }
}
