# Permissions of the function: base statements that every function has, and the statements that its caller lists. No policy is attached elsewhere.

locals {
  consume_actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]

  # A string, not a reference: the policy can be read in the plan.
  log_group_arn = "arn:${var.location.partition}:logs:${var.location.name}:${var.location.account_id}:log-group:/aws/lambda/${var.name}"

  # X-Ray has no resources.
  base_statements = merge(
    {
      write_logs   = { actions = ["logs:CreateLogStream", "logs:PutLogEvents"], resources = ["${local.log_group_arn}:*"], regions = null, leading_keys = null }
      write_traces = { actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources = ["*"], regions = null, leading_keys = null }
    },
    length(var.queues) == 0 ? {} : {
      consume_queues = { actions = local.consume_actions, resources = [for queue in var.queues : queue.arn], regions = null, leading_keys = null }
    },
  )

  statements = [for name, statement in merge(local.base_statements, var.permissions) : merge(
    {
      Sid      = replace(title(replace(name, "/[-_]/", " ")), " ", "")
      Effect   = "Allow"
      Action   = statement.actions
      Resource = statement.resources
    },
    statement.regions == null && statement.leading_keys == null ? {} : { Condition = merge(
      statement.regions == null ? {} : { StringEquals = { "aws:RequestedRegion" = statement.regions } },
      statement.leading_keys == null ? {} : { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = statement.leading_keys } },
    ) },
  )]
}

resource "aws_iam_role" "this" {
  name                 = var.name
  path                 = var.role.path
  permissions_boundary = var.role.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "permissions"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.statements, local.organisation_statements) })
}
