# One log line per request: the caller, the method and path, the result; no query, no body, and no key of an image.
# AWS writes it with one role for all REST APIs of an account and region. No deployment may set that role for the others:
# docs/operations.md says how to set it once.

locals {
  # A string, not a reference: the setting can be read in the plan.
  log_group_arn = "arn:${var.location.partition}:logs:${var.location.name}:${var.location.account_id}:log-group:/aws/apigateway/${var.name}"

  log_fields = {
    time           = "$context.requestTimeEpoch"
    request_id     = "$context.requestId"
    trace_id       = "$context.xrayTraceId"
    caller         = "$context.identity.userArn"
    method         = "$context.httpMethod"
    path           = "$context.resourcePath"
    status         = "$context.status"
    error_type     = "$context.error.responseType"
    bytes          = "$context.responseLength"
    latency_ms     = "$context.responseLatency"
    integration_ms = "$context.integrationLatency"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.organisation.log_retention_days
  kms_key_id        = var.organisation.kms_key_arn
}

resource "aws_cloudwatch_log_subscription_filter" "this" {
  count = length(var.organisation.log_destination[*])

  name            = var.name
  log_group_name  = aws_cloudwatch_log_group.this.name
  destination_arn = var.organisation.log_destination.arn
  role_arn        = var.organisation.log_destination.role_arn
  filter_pattern  = var.organisation.log_destination.filter_pattern
}
