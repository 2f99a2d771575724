# Alarms for everything that needs a person: messages in DLQs, failing functions, open circuit breakers, runs that stay pending.

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
      dimensions  = {}
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
    { "${var.prefix}-stale-runs" = {
      description = "SWEEP enqueues runs again, but they stay pending."
      metric      = ["Rekbridge", "StaleRuns"]
      dimensions  = {}
      statistic   = "Maximum"
      periods     = 3
      threshold   = var.alarms.stale_runs
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
