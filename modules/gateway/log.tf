# A line for every request: who asked for what and what came of it, without query, body or the name of an image.
# AWS writes it by the one role that an account has for all its REST APIs of a region, which no deployment may set
# for the others: docs/operations.md tells how it is set once.

locals {
  # A string, not a reference: the setting can be read in the plan.
  log = "arn:${var.place.partition}:logs:${var.place.name}:${var.place.account_id}:log-group:/aws/apigateway/${var.name}"

  logged = {
    at             = "$context.requestTimeEpoch"
    request        = "$context.requestId"
    trace          = "$context.xrayTraceId"
    caller         = "$context.identity.userArn"
    method         = "$context.httpMethod"
    path           = "$context.resourcePath"
    status         = "$context.status"
    refusal        = "$context.error.responseType"
    bytes          = "$context.responseLength"
    latency_ms     = "$context.responseLatency"
    integration_ms = "$context.integrationLatency"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = 30
}
