# Everything that calls for a person: dead letters, failing functions, images that SWEEP cannot get moving.

locals {
  dead_queues = concat(
    [for queue in local.queues : queue.dead_name],
    [var.bridge.dead_name, aws_sqs_queue.undelivered.name],
  )
  functions = [for function in [module.ingest, module.bridge, module.analyze, module.route, module.sweep, module.api] : function.exports.name]

  alarms = merge(
    { for name in local.dead_queues : name => {
      about      = "Messages wait that nobody will read again."
      metric     = ["AWS/SQS", "ApproximateNumberOfMessagesVisible"]
      dimensions = { QueueName = name }
      statistic  = "Maximum"
      periods    = 1
    } },
    { for pair in setproduct(local.functions, ["Errors", "Throttles"]) : "${pair[0]}-${lower(pair[1])}" => {
      about      = "Invocations end in ${lower(pair[1])} for a quarter of an hour."
      metric     = ["AWS/Lambda", pair[1]]
      dimensions = { FunctionName = pair[0] }
      statistic  = "Sum"
      periods    = 3
    } },
    { "${var.prefix}-breaker-opened" = {
      about      = "A region fails, or refuses this account; calls go elsewhere, or wait. The log of ANALYZE tells which."
      metric     = ["Rekbridge", "BreakersOpened"]
      dimensions = {}
      statistic  = "Sum"
      periods    = 1
    } },
    { "${var.prefix}-api-5xx" = {
      about      = "The REST API answers with errors of ours for a quarter of an hour. Its access log tells which."
      metric     = ["AWS/ApiGateway", "5XXError"]
      dimensions = { ApiName = module.gateway.exports.name, Stage = module.gateway.exports.stage }
      statistic  = "Sum"
      periods    = 3
    } },
    { "${var.prefix}-pending-too-long" = {
      about      = "SWEEP sends images again, and they stay pending."
      metric     = ["Rekbridge", "PendingTooLong"]
      dimensions = {}
      statistic  = "Maximum"
      periods    = 3
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.deployment.alarm_actions != null }

  alarm_name        = each.key
  alarm_description = "${each.value.about} docs/operations.md tells what to do."
  alarm_actions     = var.deployment.alarm_actions

  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}
