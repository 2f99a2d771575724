mock_provider "aws" {
  override_during = plan

  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5" }
  }
}

variables {
  name     = "kit-api"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  function = { name = "kit-api", invoke_arn = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", timeout_s = 29 }
  paths    = { "/analyze/{operation}" = ["POST"], "/library" = ["GET", "DELETE"] }
  throttle = { per_second = 100, burst = 200 }
}

run "every_method_of_every_path_exists" {
  command = plan

  assert {
    condition     = toset(keys(aws_api_gateway_method.this)) == toset(["POST /analyze/{operation}", "GET /library", "DELETE /library"])
    error_message = "The API must have the given methods and no others."
  }

  assert {
    condition     = aws_api_gateway_resource.second["/analyze/{operation}"].path_part == "{operation}" && toset(keys(aws_api_gateway_resource.first)) == toset(["analyze", "library"])
    error_message = "A path of two segments must be a resource below another one."
  }
}

run "iam_authorizes_every_method" {
  command = plan

  assert {
    condition     = toset([for method in aws_api_gateway_method.this : method.authorization]) == toset(["AWS_IAM"])
    error_message = "A method without authorization would be public."
  }
}

run "the_function_answers_every_method" {
  command = plan

  assert {
    condition = toset([for integration in aws_api_gateway_integration.this : [integration.type, integration.uri, integration.timeout_milliseconds]]) == toset([
      ["AWS_PROXY", "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", 29000]
    ])
    error_message = "API Gateway must wait for the function's timeout."
  }
}

run "only_this_api_may_invoke_the_function" {
  command = plan

  assert {
    condition     = aws_lambda_permission.this.source_arn == "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/v1/*"
    error_message = "Without a source ARN, APIs of other accounts could invoke the function."
  }
}

run "images_are_not_decoded_as_text" {
  command = plan

  assert {
    condition     = aws_api_gateway_rest_api.this.binary_media_types == tolist(["*/*"])
    error_message = "Decoding an image as UTF-8 would damage it."
  }
}

run "every_error_response_is_json_with_the_request_id" {
  command = plan

  assert {
    condition = alltrue([for response in aws_api_gateway_gateway_response.this : (
      keys(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"why\""))) == ["code", "message", "request_id"]
    )])
    error_message = "Errors of API Gateway must have the form of the function's errors."
  }
}

run "other_error_responses_keep_their_status" {
  command = plan

  assert {
    condition     = alltrue([for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : aws_api_gateway_gateway_response.this[type].status_code == null])
    error_message = "A status of the default would replace the status of every other error."
  }
}

run "retryable_errors_have_retry_after" {
  command = plan

  assert {
    condition = toset([for type, response in aws_api_gateway_gateway_response.this : type if contains(keys(response.response_parameters), "gatewayresponse.header.Retry-After")]) == toset(
      ["THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR"]
    )
    error_message = "429, 503 and 504 are retryable: a client needs Retry-After."
  }
}

run "a_throttled_function_is_unavailable_and_can_be_retried" {
  command = plan

  assert {
    condition = (
      aws_api_gateway_gateway_response.this["API_CONFIGURATION_ERROR"].status_code == "503" &&
      aws_api_gateway_gateway_response.this["API_CONFIGURATION_ERROR"].response_parameters["gatewayresponse.header.Retry-After"] == "'1'" &&
      jsondecode(aws_api_gateway_gateway_response.this["API_CONFIGURATION_ERROR"].response_templates["application/json"]).code == "unavailable"
    )
    error_message = "API Gateway answers 500 when Lambda throttles the function: callers would not retry."
  }
}

run "a_too_large_request_is_referred_to_uploads" {
  command = plan

  assert {
    condition     = aws_api_gateway_gateway_response.this["REQUEST_TOO_LARGE"].status_code == "413" && strcontains(aws_api_gateway_gateway_response.this["REQUEST_TOO_LARGE"].response_templates["application/json"], "POST /uploads")
    error_message = "The error must say that larger images can be uploaded."
  }
}

run "the_access_log_has_no_key_of_an_image" {
  command = plan

  assert {
    condition = length(setintersection(values(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format)), [
      "$context.path", "$context.requestOverride.path", "$context.customDomain.basePathMatched",
    ])) == 0
    error_message = "The requested path may contain the key of an image."
  }

  assert {
    condition     = aws_api_gateway_stage.this.access_log_settings[0].destination_arn == "arn:aws:logs:eu-west-3:123456789012:log-group:/aws/apigateway/kit-api" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The API must have a log group of its own that expires."
  }
}

run "requests_are_traced_and_throttled" {
  command = plan

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled && aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 100 && aws_api_gateway_method_settings.this.settings[0].throttling_burst_limit == 200
    error_message = "The API must throttle requests before they use up the account's concurrency."
  }
}

run "rejects_a_function_timeout_above_the_gateways" {
  command = plan

  variables {
    function = { name = "kit-api", invoke_arn = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", timeout_s = 30 }
  }

  expect_failures = [var.function]
}

run "rejects_a_path_of_three_segments" {
  command = plan

  variables {
    paths = { "/library/{owner}/images" = ["GET"] }
  }

  expect_failures = [var.paths]
}

run "rejects_a_throttle_that_admits_no_requests" {
  command = plan

  variables {
    throttle = { per_second = 0, burst = 200 }
  }

  expect_failures = [var.throttle]
}

run "a_private_api_admits_the_listed_endpoints_only" {
  command = plan

  variables {
    is_private       = true
    vpc_endpoint_ids = ["vpce-1", "vpce-2"]
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["PRIVATE"]) && aws_api_gateway_rest_api.this.endpoint_configuration[0].vpc_endpoint_ids == toset(["vpce-1", "vpce-2"])
    error_message = "The API must be private, with an address at its endpoints."
  }

  assert {
    condition = [for statement in jsondecode(one(aws_api_gateway_rest_api_policy.this).policy).Statement : [statement.Effect, statement.Resource, statement.Principal, try(statement.Condition.StringNotEquals["aws:SourceVpce"], [])]] == [
      ["Deny", "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/*", "*", ["vpce-1", "vpce-2"]],
      ["Allow", "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/*", { AWS = "arn:aws:iam::123456789012:root" }, []],
    ]
    error_message = "Only the endpoints are admitted; principal * would admit callers without a permission of their own."
  }
}

run "a_public_api_has_no_resource_policy" {
  command = plan

  assert {
    condition     = length(aws_api_gateway_rest_api_policy.this) == 0 && aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"])
    error_message = "Without endpoints the API has a public, regional address, and IAM alone authorizes its callers."
  }
}

run "the_access_log_is_kept_encrypted_and_sent_as_the_organisation_requires" {
  command = plan

  variables {
    organisation = { kms_key_arn = "arn:aws:kms:eu-west-3:123456789012:key/home", log_retention_days = 400, log_destination = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:logs" } }
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 400 && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-3:123456789012:key/home" && one(aws_cloudwatch_log_subscription_filter.this).log_group_name == "/aws/apigateway/kit-api"
    error_message = "The access log must not be an exception."
  }
}

run "a_private_api_is_planned_before_its_endpoint_exists" {
  command = plan

  module {
    source = "./tests/unknown_endpoint"
  }
}

run "rejects_a_private_api_without_an_endpoint" {
  command = plan

  variables {
    is_private = true
  }

  expect_failures = [var.is_private]
}

run "rejects_endpoints_of_a_public_api" {
  command = plan

  variables {
    vpc_endpoint_ids = ["vpce-1"]
  }

  expect_failures = [var.is_private]
}
