# What API Gateway answers before the function is asked, or in its place: typed JSON as the function's own.

locals {
  refusals = {
    # Every status that is not named below, with AWS's own words. A status here would become that of all others.
    DEFAULT_4XX = { status = null, code = "refused", message = null }
    DEFAULT_5XX = { status = null, code = "internal-error", message = null }

    ACCESS_DENIED          = { status = 403, code = "access-denied", message = "This caller may not execute-api:Invoke here." }
    INVALID_SIGNATURE      = { status = 403, code = "invalid-signature", message = "The signature does not fit: sign method, path, query, headers and body as they are sent." }
    EXPIRED_TOKEN          = { status = 403, code = "expired-token", message = "The caller's credentials have expired." }
    REQUEST_TOO_LARGE      = { status = 413, code = "request-too-large", message = "Too large to come with the request: ask POST /uploads where to put the image." }
    UNSUPPORTED_MEDIA_TYPE = { status = 415, code = "unsupported-type", message = "Send an image, or JSON that names one." }
    THROTTLED              = { status = 429, code = "throttled", message = "More requests than this deployment admits: try again." }
    QUOTA_EXCEEDED         = { status = 429, code = "throttled", message = "More requests than this caller is admitted: try again." }
    INTEGRATION_FAILURE    = { status = 503, code = "unavailable", message = "The function could not be asked: try again." }
    INTEGRATION_TIMEOUT    = { status = 504, code = "timeout", message = "No answer in time. It may be stored by now: ask for the same image again." }

    # AWS answers so too where there is nothing to sign for.
    MISSING_AUTHENTICATION_TOKEN = {
      status  = 403
      code    = "not-signed"
      message = "No such path, or not signed: there are ${join(", ", keys(local.methods))}, with Signature Version 4 for execute-api."
    }
  }

  passing = ["THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"]
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.refusals

  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = { for header in ["Retry-After"] : "gatewayresponse.header.${header}" => "'1'" if contains(local.passing, each.key) }

  # messageString comes with its quotes.
  response_templates = {
    "application/json" = join("", [
      "{\"code\":\"${each.value.code}\",\"message\":",
      each.value.message == null ? "$context.error.messageString" : jsonencode(each.value.message),
      ",\"request_id\":\"$context.requestId\"}",
    ])
  }
}
