# A private API: only the listed VPC endpoints reach it. AWS requires a policy of a private API before it can be deployed.

resource "aws_api_gateway_rest_api_policy" "this" {
  count = var.is_private ? 1 : 0

  rest_api_id = aws_api_gateway_rest_api.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ListedEndpointsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "execute-api:Invoke"
        Resource  = "${aws_api_gateway_rest_api.this.execution_arn}/*"
        Condition = { StringNotEquals = { "aws:SourceVpce" = var.vpc_endpoint_ids } }
      },
      {
        # The account, not everyone: each caller still needs a permission of its own.
        Sid       = "AdmitAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.location.partition}:iam::${var.location.account_id}:root" }
        Action    = "execute-api:Invoke"
        Resource  = "${aws_api_gateway_rest_api.this.execution_arn}/*"
      },
    ]
  })
}
