mock_provider "aws" {
  alias = "from"
}

mock_provider "aws" {
  alias = "to"
}

variables {
  name               = "kit-bridge"
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:kit-events"
  delivery_dlq_name  = "kit-events-delivery-dlq"
  from               = { name = "eu-west-1", partition = "aws", account_id = "123456789012", opt_in = false }
  to                 = { name = "eu-west-3", partition = "aws", account_id = "123456789012", opt_in = false }
  consumer_timeout_s = 15
  alarm              = { actions = [] }
}

run "between_default_regions_sns_has_its_global_principal" {
  command = plan

  assert {
    condition     = jsonencode(local.sns_principals) == jsonencode(["sns.amazonaws.com"])
    error_message = "Default to default: sns.amazonaws.com."
  }
}

run "from_an_opt_in_region_the_principal_of_the_topics_region_is_admitted_too" {
  command = plan

  variables {
    from = { name = "ap-southeast-5", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = jsonencode(local.sns_principals) == jsonencode(["sns.amazonaws.com", "sns.ap-southeast-5.amazonaws.com"])
    error_message = "Opt-in to default: the topic's region."
  }
}

run "into_an_opt_in_region_the_principal_of_the_queues_region_is_admitted_too" {
  command = plan

  variables {
    to = { name = "me-south-1", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = jsonencode(local.sns_principals) == jsonencode(["sns.amazonaws.com", "sns.me-south-1.amazonaws.com"])
    error_message = "Default to opt-in: the queue's region."
  }
}

run "between_opt_in_regions_the_principals_of_both_are_admitted" {
  command = plan

  variables {
    from = { name = "ap-southeast-5", partition = "aws", account_id = "123456789012", opt_in = true }
    to   = { name = "me-south-1", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = jsonencode(local.sns_principals) == jsonencode(["sns.amazonaws.com", "sns.me-south-1.amazonaws.com", "sns.ap-southeast-5.amazonaws.com"])
    error_message = "Opt-in to opt-in: the queue's region, and the topic's."
  }
}

run "osaka_has_both_principals_because_aws_contradicts_itself" {
  command = plan

  variables {
    to = { name = "ap-northeast-3", partition = "aws", account_id = "123456789012", opt_in = false }
  }

  assert {
    condition     = jsonencode(local.sns_principals) == jsonencode(["sns.amazonaws.com", "sns.ap-northeast-3.amazonaws.com"])
    error_message = "One page of AWS lists Osaka as opt-in, another one does not."
  }
}

run "events_are_delivered_unchanged" {
  command = plan

  assert {
    condition     = aws_sns_topic_subscription.this.raw_message_delivery && aws_sns_topic_subscription.this.endpoint == "arn:aws:sqs:eu-west-3:123456789012:kit-bridge"
    error_message = "BRIDGE needs S3's own event, without an SNS envelope."
  }
}

run "the_delivery_dlq_is_in_the_topics_region" {
  command = plan

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this.redrive_policy).deadLetterTargetArn == "arn:aws:sqs:eu-west-1:123456789012:kit-events-delivery-dlq"
    error_message = "SNS requires the DLQ of a subscription to be in the topic's region."
  }
}

run "the_delivery_dlq_has_the_given_name" {
  command = apply

  assert {
    condition     = output.delivery_dlq.name == "kit-events-delivery-dlq" && output.delivery_dlq.arn == "arn:aws:sqs:eu-west-1:123456789012:kit-events-delivery-dlq"
    error_message = "The output must be the DLQ of the subscription."
  }
}

run "the_delivery_dlq_has_an_alarm" {
  command = plan

  variables {
    alarm = { actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"] }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.delivery_dlq["kit-events-delivery-dlq"].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])
    error_message = "Nothing else reports a notification that was not delivered."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.delivery_dlq["kit-events-delivery-dlq"].threshold == 0
    error_message = "By default the first message must fire the alarm."
  }
}

run "the_threshold_of_the_alarm_can_be_changed" {
  command = plan

  variables {
    alarm = { actions = [], threshold = 9 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.delivery_dlq["kit-events-delivery-dlq"].threshold == 9
    error_message = "The alarm must have the given threshold."
  }
}

run "a_target_without_alarms_has_none" {
  command = plan

  variables {
    alarm = { actions = null }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.delivery_dlq) == 0
    error_message = "An alarm must not be created where the target does not support alarms."
  }
}

run "rejects_the_arn_of_a_queue_as_topic" {
  command = plan

  variables {
    topic_arn = "arn:aws:sqs:eu-west-1:123456789012:kit-events"
  }

  expect_failures = [var.topic_arn]
}
