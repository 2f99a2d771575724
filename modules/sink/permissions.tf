# Who permits the delivery. A function: its policy, which is ours to add to. A bus and an API destination: a role of the rule.
# A queue and a topic: their own policy, of which there is exactly one and which is their owner's. AWS's pages disagree on whether a role
# works for them as well; where it fails, events are lost to encrypted targets. So the statement that the owner needs is an output.

locals {
  role_actions = {
    event_bus_arn       = "events:PutEvents"
    api_destination_arn = "events:InvokeApiDestination"
  }

  policy_actions = {
    queue_arn = "sqs:SendMessage"
    topic_arn = "sns:Publish"
  }

  roles     = { for key, kind in local.kinds : key => local.role_actions[kind] if contains(keys(local.role_actions), kind) }
  functions = { for key, kind in local.kinds : key => split(":", local.target_arn[key]) if kind == "function_arn" }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.prefix}-sink-${each.key}"
  path                 = var.role.path
  permissions_boundary = var.role.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name = "permissions"
  role = aws_iam_role.this[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Deliver"
      Effect   = "Allow"
      Action   = [each.value]
      Resource = [local.target_arn[each.key]]
    }]
  })
}

resource "aws_lambda_permission" "this" {
  for_each = local.functions

  statement_id  = "${var.prefix}-sink-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = join(":", slice(each.value, 0, 7))
  qualifier     = try(each.value[7], null)
  principal     = "events.amazonaws.com"
  source_arn    = local.rule_arns[each.key]
}
