# Errors that API Gateway returns itself, before or instead of the function: JSON of the same form as the function's errors.

locals {
  error_responses = {
    # Every error that is not listed below, with AWS's own message. A status here would replace the status of all of them.
    DEFAULT_4XX = { status = null, code = "refused", message = null }
    DEFAULT_5XX = { status = null, code = "internal-error", message = null }

    ACCESS_DENIED          = { status = 403, code = "access-denied", message = "The caller has no permission execute-api:Invoke for this method and path." }
    INVALID_SIGNATURE      = { status = 403, code = "invalid-signature", message = "The signature does not match the request: sign the method, path, query, headers and body exactly as they are sent." }
    EXPIRED_TOKEN          = { status = 403, code = "expired-token", message = "The caller's credentials have expired." }
    REQUEST_TOO_LARGE      = { status = 413, code = "request-too-large", message = "The image is too large to be sent in the request: upload it with a form from POST /uploads." }
    UNSUPPORTED_MEDIA_TYPE = { status = 415, code = "unsupported-type", message = "Send an image, or JSON that names one." }
    THROTTLED              = { status = 429, code = "throttled", message = "The deployment gets more requests than its throttle admits: retry later." }
    QUOTA_EXCEEDED         = { status = 429, code = "throttled", message = "The caller sends more requests than its quota admits: retry later." }
    INTEGRATION_FAILURE    = { status = 503, code = "unavailable", message = "The function could not be invoked: retry." }
    INTEGRATION_TIMEOUT    = { status = 504, code = "timeout", message = "The function did not answer in time. The result may be stored by now: send the same request again." }

    # AWS has no type for a function that Lambda throttles. It logs "Lambda invocation failed with status: 429 … Execution failed due to
    # configuration error: Rate Exceeded" and answers 500, and of the types with that status this is the only one without an authorizer.
    # A wrong configuration is answered alike: without the permission to invoke the function, for example.
    API_CONFIGURATION_ERROR = { status = 503, code = "unavailable", message = "The function is not available: usually Lambda throttles it. Retry; if this lasts, tell the operator of the API." }

    # AWS returns this also for a path that does not exist.
    MISSING_AUTHENTICATION_TOKEN = {
      status  = 403
      code    = "not-signed"
      message = "There is no such path, or the request is not signed. Sign it with Signature Version 4 for execute-api. Paths: ${join(", ", keys(local.methods))}."
    }
  }

  retryable_errors = ["THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR"]
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.error_responses

  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = { for header in ["Retry-After"] : "gatewayresponse.header.${header}" => "'1'" if contains(local.retryable_errors, each.key) }

  # $context.error.messageString has its quotes already.
  response_templates = {
    "application/json" = join("", [
      "{\"code\":\"${each.value.code}\",\"message\":",
      each.value.message == null ? "$context.error.messageString" : jsonencode(each.value.message),
      ",\"request_id\":\"$context.requestId\"}",
    ])
  }
}
