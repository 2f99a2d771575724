mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/kit" }
}

mock_resource "aws_api_gateway_rest_api" {
  defaults = { execution_arn = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5" }
}

mock_resource "aws_sqs_queue" {
  defaults = { url = "https://sqs.eu-west-3.amazonaws.com/123456789012/rekbridge-work-protective-equipment-dlq" }
}

mock_resource "aws_lambda_function" {
  defaults = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:kit" }
}
