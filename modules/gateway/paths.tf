# Paths and their methods: IAM authorizes each call, and the function answers it.

locals {
  segments = { for path in keys(var.paths) : path => split("/", trimprefix(path, "/")) }

  resource_ids = merge(
    { for path, segments in local.segments : path => aws_api_gateway_resource.first[segments[0]].id if length(segments) == 1 },
    { for path in keys(aws_api_gateway_resource.second) : path => aws_api_gateway_resource.second[path].id },
  )

  methods = merge([for path, methods in var.paths : { for method in methods : "${method} ${path}" => { path = path, method = method } }]...)
}

resource "aws_api_gateway_resource" "first" {
  for_each = toset([for segments in local.segments : segments[0]])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_resource" "second" {
  for_each = { for path, segments in local.segments : path => segments if length(segments) == 2 }

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.first[each.value[0]].id
  path_part   = each.value[1]
}

# A public API has no resource policy: with IAM alone, no caller of another account is authorized.
resource "aws_api_gateway_method" "this" {
  for_each = local.methods

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.path]
  http_method   = each.value.method
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.methods

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resource_ids[each.value.path]
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.function.invoke_arn
  timeout_milliseconds    = var.function.timeout_s * 1000
}
