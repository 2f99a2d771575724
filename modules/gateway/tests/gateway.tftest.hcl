mock_provider "aws" {
  override_during = plan

  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5" }
  }
}

variables {
  name     = "kit-api"
  place    = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  function = { name = "kit-api", invoke_arn = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", timeout_s = 29 }
  paths    = { "/analyze/{operation}" = ["POST"], "/library" = ["GET", "DELETE"] }
  throttle = { per_second = 100, burst = 200 }
}

run "every_method_of_every_path_is_there" {
  command = plan

  assert {
    condition     = toset(keys(aws_api_gateway_method.this)) == toset(["POST /analyze/{operation}", "GET /library", "DELETE /library"])
    error_message = "What is told is served, and nothing else."
  }

  assert {
    condition     = aws_api_gateway_resource.second["/analyze/{operation}"].path_part == "{operation}" && toset(keys(aws_api_gateway_resource.first)) == toset(["analyze", "library"])
    error_message = "A path of two segments is a resource below a resource."
  }
}

run "only_iam_lets_in" {
  command = plan

  assert {
    condition     = toset([for method in aws_api_gateway_method.this : method.authorization]) == toset(["AWS_IAM"])
    error_message = "A method without authorization would be open to the world."
  }
}

run "the_function_answers_everything" {
  command = plan

  assert {
    condition = toset([for integration in aws_api_gateway_integration.this : [integration.type, integration.uri, integration.timeout_milliseconds]]) == toset([
      ["AWS_PROXY", "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", 29000]
    ])
    error_message = "The gateway waits as long as the function may take."
  }
}

run "only_this_api_may_invoke_the_function" {
  command = plan

  assert {
    condition     = aws_lambda_permission.this.source_arn == "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/v1/*"
    error_message = "Any API of any account could call a function that names no source."
  }
}

run "an_image_is_not_taken_for_text" {
  command = plan

  assert {
    condition     = aws_api_gateway_rest_api.this.binary_media_types == tolist(["*/*"])
    error_message = "What is decoded as UTF-8 is no image any more."
  }
}

run "every_refusal_is_typed_json_that_names_its_request" {
  command = plan

  assert {
    condition = alltrue([for refusal in aws_api_gateway_gateway_response.this : (
      keys(jsondecode(replace(refusal.response_templates["application/json"], "$context.error.messageString", "\"why\""))) == ["code", "message", "request_id"]
    )])
    error_message = "A caller reads one form of error, whoever answers."
  }
}

run "statuses_that_are_not_named_stay_what_they_are" {
  command = plan

  assert {
    condition     = alltrue([for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : aws_api_gateway_gateway_response.this[type].status_code == null])
    error_message = "A status for the default would become the status of every other refusal."
  }
}

run "who_may_try_again_is_told_when" {
  command = plan

  assert {
    condition = toset([for type, refusal in aws_api_gateway_gateway_response.this : type if contains(keys(refusal.response_parameters), "gatewayresponse.header.Retry-After")]) == toset(
      ["THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"]
    )
    error_message = "429, 503 and 504 pass; a client has to know when."
  }
}

run "what_is_too_large_is_told_another_way" {
  command = plan

  assert {
    condition     = aws_api_gateway_gateway_response.this["REQUEST_TOO_LARGE"].status_code == "413" && strcontains(aws_api_gateway_gateway_response.this["REQUEST_TOO_LARGE"].response_templates["application/json"], "POST /uploads")
    error_message = "An image that does not fit into a request can still be uploaded."
  }
}

run "the_log_names_no_image" {
  command = plan

  assert {
    condition = length(setintersection(values(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format)), [
      "$context.path", "$context.requestOverride.path", "$context.customDomain.basePathMatched",
    ])) == 0
    error_message = "A path as it was asked for may hold what the caller calls an image."
  }

  assert {
    condition     = aws_api_gateway_stage.this.access_log_settings[0].destination_arn == "arn:aws:logs:eu-west-3:123456789012:log-group:/aws/apigateway/kit-api" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log is its own, and goes."
  }
}

run "requests_are_traced_and_throttled" {
  command = plan

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled && aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 100 && aws_api_gateway_method_settings.this.settings[0].throttling_burst_limit == 200
    error_message = "A flood must end at the gateway, not in the account's concurrency."
  }
}

run "rejects_a_function_that_outlives_the_gateways_patience" {
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

run "rejects_a_throttle_that_admits_nobody" {
  command = plan

  variables {
    throttle = { per_second = 0, burst = 200 }
  }

  expect_failures = [var.throttle]
}
