mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/kit-sink-audit" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-3:123456789012:team" }
  }
}

variables {
  prefix   = "kit"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  bus      = "kit"
  alarm    = { actions = ["arn:aws:sns:eu-west-3:123456789012:oncall"], threshold = 2 }

  sinks = {
    team   = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } }
    mail   = { target = { topic_arn = "arn:aws:sns:eu-west-3:123456789012:mail" } }
    clerk  = { target = { function_arn = "arn:aws:lambda:eu-west-3:123456789012:function:clerk" } }
    canary = { target = { function_arn = "arn:aws:lambda:eu-west-3:123456789012:function:clerk:canary" } }
    audit  = { target = { event_bus_arn = "arn:aws:events:eu-west-3:999999999999:event-bus/audit" } }
    crm    = { target = { api_destination_arn = "arn:aws:events:eu-west-3:123456789012:api-destination/crm/0a1b2c3d-0000-0000-0000-000000000000" } }
  }
}

run "a_sink_gets_every_event_of_rekbridge_by_default" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_cloudwatch_event_rule.this : jsondecode(rule.event_pattern) == { source = ["rekbridge"] } && rule.event_bus_name == "kit"])
    error_message = "Without a pattern, a sink must get every event."
  }
}

run "a_sink_gets_what_its_pattern_matches" {
  command = plan

  variables {
    sinks = { team = { pattern = "{\"detail\":{\"status\":[\"done\"],\"$or\":[{\"operation\":[\"labels\"]}]}}", target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this["team"].event_pattern == var.sinks.team.pattern
    error_message = "The pattern must reach the rule unchanged."
  }
}

run "every_sink_has_a_dlq_of_its_own" {
  command = plan

  assert {
    condition = { for key, target in aws_cloudwatch_event_target.this : key => target.dead_letter_config[0].arn } == {
      for key in keys(var.sinks) : key => "arn:aws:sqs:eu-west-3:123456789012:kit-sink-${key}-delivery-dlq"
    }
    error_message = "What cannot be delivered must be kept, for each sink apart."
  }
}

run "every_sink_has_an_alarm_on_its_dlq" {
  command = plan

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.delivery_dlq : key => [alarm.dimensions.QueueName, alarm.threshold, one(alarm.alarm_actions)] } == {
      for key in keys(var.sinks) : key => ["kit-sink-${key}-delivery-dlq", 2, "arn:aws:sns:eu-west-3:123456789012:oncall"]
    }
    error_message = "Somebody must hear of a message in a DLQ."
  }
}

run "a_target_without_alarms_has_none" {
  command = plan

  variables {
    alarm = { actions = null }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.delivery_dlq) == 0 && length(aws_cloudwatch_event_target.this) == 6
    error_message = "Only the alarms depend on what the target supports."
  }
}

run "an_event_is_retried_for_a_day" {
  command = plan

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.retry_policy[0].maximum_event_age_in_seconds == 86400 && target.retry_policy[0].maximum_retry_attempts == 185])
    error_message = "A target that is away for a day must lose nothing."
  }
}

run "only_a_bus_and_an_api_destination_get_a_role_and_it_may_do_one_thing" {
  command = plan

  variables {
    role = { path = "/kit/", boundary = "arn:aws:iam::123456789012:policy/limits" }
  }

  assert {
    condition = { for key, policy in aws_iam_role_policy.this : key => [for statement in jsondecode(policy.policy).Statement : [statement.Action, statement.Resource]] } == {
      audit = [[["events:PutEvents"], ["arn:aws:events:eu-west-3:999999999999:event-bus/audit"]]]
      crm   = [[["events:InvokeApiDestination"], ["arn:aws:events:eu-west-3:123456789012:api-destination/crm/0a1b2c3d-0000-0000-0000-000000000000"]]]
    }
    error_message = "A role may deliver to its one target and nothing else; queues, topics and functions need none."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.path == "/kit/" && role.permissions_boundary == "arn:aws:iam::123456789012:policy/limits"])
    error_message = "Every role needs the organisation's path and boundary."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : jsondecode(role.assume_role_policy).Statement[0].Principal == { Service = "events.amazonaws.com" }])
    error_message = "Only EventBridge may assume the role."
  }
}

run "a_role_is_given_to_its_own_target_only" {
  assert {
    condition     = toset([for key, target in aws_cloudwatch_event_target.this : key if target.role_arn != null && target.role_arn != ""]) == toset(["audit", "crm"])
    error_message = "A role for a queue or a topic may fail where it is encrypted."
  }
}

run "a_function_admits_its_rule_alone" {
  command = plan

  assert {
    condition = { for key, permission in aws_lambda_permission.this : key => [permission.function_name, permission.principal, permission.source_arn] } == {
      for key in ["canary", "clerk"] : key => ["arn:aws:lambda:eu-west-3:123456789012:function:clerk", "events.amazonaws.com", "arn:aws:events:eu-west-3:123456789012:rule/kit/kit-sink-${key}"]
    }
    error_message = "Exactly the sink's rule may invoke the function."
  }

  assert {
    condition     = aws_lambda_permission.this["canary"].qualifier == "canary" && aws_lambda_permission.this["clerk"].qualifier == null
    error_message = "An alias has a policy of its own."
  }
}

run "a_queue_and_a_topic_get_the_statement_that_their_policy_needs" {
  command = plan

  assert {
    condition = output.policies == {
      team = {
        Sid       = "AdmitKitTeam"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-3:123456789012:team"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-3:123456789012:rule/kit/kit-sink-team" } }
      }
      mail = {
        Sid       = "AdmitKitMail"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:eu-west-3:123456789012:mail"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-3:123456789012:rule/kit/kit-sink-mail" } }
      }
    }
    error_message = "The owner must get the exact statement."
  }
}

run "arns_have_the_partition" {
  command = plan

  variables {
    location = { name = "us-gov-west-1", partition = "aws-us-gov", account_id = "123456789012" }
    sinks    = { team = { target = { queue_arn = "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:team" } } }
  }

  assert {
    condition     = output.policies.team.Condition.ArnEquals["aws:SourceArn"] == "arn:aws-us-gov:events:us-gov-west-1:123456789012:rule/kit/kit-sink-team"
    error_message = "ARNs must have the partition of the region."
  }
}

run "rejects_a_target_in_another_region" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_bus_in_another_region" {
  command = plan

  variables {
    sinks = { audit = { target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/audit" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_queue_of_another_account" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws:sqs:eu-west-3:999999999999:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_target_of_another_partition" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws-cn:sqs:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_an_arn_of_another_kind" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws:sns:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_fifo_queue_which_would_need_a_message_group" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team.fifo" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_its_own_bus" {
  command = plan

  variables {
    sinks = { loop = { target = { event_bus_arn = "arn:aws:events:eu-west-3:123456789012:event-bus/kit" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_two_targets" {
  command = plan

  variables {
    sinks = { team = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team", topic_arn = "arn:aws:sns:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_no_target" {
  command = plan

  variables {
    sinks = { team = { target = {} } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_target_of_an_unknown_kind" {
  command = plan

  variables {
    sinks = { team = { target = { stream_arn = "arn:aws:kinesis:eu-west-3:123456789012:stream/team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_pattern_that_is_no_json" {
  command = plan

  variables {
    sinks = { team = { pattern = "source = rekbridge", target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_pattern_on_a_field_that_no_event_has" {
  command = plan

  variables {
    sinks = { team = { pattern = "{\"detailtype\":[\"Analysis Finished\"]}", target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_pattern_on_a_field_that_no_detail_has" {
  command = plan

  variables {
    sinks = { team = { pattern = "{\"detail\":{\"state\":[\"done\"]}}", target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "rejects_a_name_that_is_too_long_for_a_role" {
  command = plan

  variables {
    sinks = { a-name-of-more-than-25-characters = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } } }
  }

  expect_failures = [var.sinks]
}

run "a_target_may_be_created_by_the_same_apply" {
  command = plan

  module {
    source = "./tests/unknown_target"
  }
}
