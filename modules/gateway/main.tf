# One REST API in front of one function: it authorizes and throttles requests.

resource "aws_api_gateway_rest_api" "this" {
  name        = var.name
  description = "Rekbridge: synchronous analysis, upload forms, capacity, health."

  # The function gets every body as base64: an image would be damaged if it were decoded as text.
  binary_media_types = ["*/*"]

  # The minimum TLS version can be set for a custom domain. For AWS's own host name this version of the provider cannot set it.
  endpoint_configuration {
    types            = [var.is_private ? "PRIVATE" : "REGIONAL"]
    vpc_endpoint_ids = var.is_private ? var.vpc_endpoint_ids : null
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a snapshot: a change of the resources below is served after a new one only.
  triggers = {
    configuration = sha256(jsonencode(concat([
      aws_api_gateway_rest_api.this.binary_media_types,
      [for name, method in aws_api_gateway_method.this : [name, method.resource_id, method.authorization]],
      [for integration in aws_api_gateway_integration.this : [integration.type, integration.uri, integration.timeout_milliseconds]],
      [for type, response in local.error_responses : [type, response]],
    ], aws_api_gateway_rest_api_policy.this[*].policy)))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_gateway_response.this]
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = local.stage
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = local.log_group_arn
    format          = jsonencode(local.log_fields)
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_api_gateway_method_settings" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    throttling_rate_limit  = var.throttle.per_second
    throttling_burst_limit = var.throttle.burst
  }
}

resource "aws_lambda_permission" "this" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${local.stage}/*"
}

locals {
  stage = "v1"
}
