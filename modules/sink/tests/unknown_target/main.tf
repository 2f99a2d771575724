# Targets whose ARNs are not known in the plan: every for_each must have keys that are.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "aws_sqs_queue" "team" {
  name = "team"
}

resource "aws_cloudwatch_event_bus" "audit" {
  name = "audit"
}

resource "terraform_data" "function" {
  input = "arn:aws:lambda:eu-west-3:123456789012:function:clerk"
}

module "sinks" {
  source = "../.."

  prefix   = "kit"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  bus      = "kit"
  alarm    = { actions = [] }

  sinks = {
    team  = { target = { queue_arn = aws_sqs_queue.team.arn } }
    audit = { target = { event_bus_arn = aws_cloudwatch_event_bus.audit.arn } }
    clerk = { target = { function_arn = terraform_data.function.output } }
  }
}
