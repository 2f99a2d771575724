# What the function may do: what every function may, and what its caller lists. Nothing is attached from elsewhere.

locals {
  read_queue = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]

  # A string, not a reference: the policy can be read in the plan.
  log = "arn:${var.place.partition}:logs:${var.place.name}:${var.place.account_id}:log-group:/aws/lambda/${var.name}"

  # X-Ray knows no resources.
  own = merge(
    {
      log   = { actions = ["logs:CreateLogStream", "logs:PutLogEvents"], resources = ["${local.log}:*"], regions = null }
      trace = { actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources = ["*"], regions = null }
    },
    length(var.queues) == 0 ? {} : {
      read = { actions = local.read_queue, resources = [for queue in var.queues : queue.arn], regions = null }
    },
  )

  statements = [for name, statement in merge(local.own, var.permissions) : merge(
    {
      Sid      = replace(title(replace(name, "/[-_]/", " ")), " ", "")
      Effect   = "Allow"
      Action   = statement.actions
      Resource = statement.resources
    },
    statement.regions == null ? {} : { Condition = { StringEquals = { "aws:RequestedRegion" = statement.regions } } },
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
  name   = "calls"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
