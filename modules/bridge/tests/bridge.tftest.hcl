mock_provider "aws" {
  alias = "from"
}

mock_provider "aws" {
  alias = "to"
}

variables {
  name             = "kit-bridge"
  topic_arn        = "arn:aws:sns:eu-west-1:123456789012:kit-events"
  undelivered      = "kit-events-undelivered"
  from             = { name = "eu-west-1", partition = "aws", account_id = "123456789012", opt_in = false }
  to               = { name = "eu-west-3", partition = "aws", account_id = "123456789012", opt_in = false }
  reader_timeout_s = 15
  alarm_actions    = []
}

run "between_two_default_regions_sns_is_itself" {
  command = plan

  assert {
    condition     = local.sns == "sns.amazonaws.com"
    error_message = "Default to default: sns.amazonaws.com."
  }
}

run "from_an_opt_in_region_sns_bears_the_topics_region" {
  command = plan

  variables {
    from = { name = "ap-southeast-5", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = local.sns == "sns.ap-southeast-5.amazonaws.com"
    error_message = "Opt-in to default: the topic's region."
  }
}

run "into_an_opt_in_region_sns_bears_the_queues_region" {
  command = plan

  variables {
    to = { name = "me-south-1", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = local.sns == "sns.me-south-1.amazonaws.com"
    error_message = "Default to opt-in: the queue's region."
  }
}

run "between_two_opt_in_regions_the_queues_region_counts" {
  command = plan

  variables {
    from = { name = "ap-southeast-5", partition = "aws", account_id = "123456789012", opt_in = true }
    to   = { name = "me-south-1", partition = "aws", account_id = "123456789012", opt_in = true }
  }

  assert {
    condition     = local.sns == "sns.me-south-1.amazonaws.com"
    error_message = "Opt-in to opt-in: the queue's region."
  }
}

run "the_event_is_delivered_as_it_is" {
  command = plan

  assert {
    condition     = aws_sns_topic_subscription.this.raw_message_delivery && aws_sns_topic_subscription.this.endpoint == "arn:aws:sqs:eu-west-3:123456789012:kit-bridge"
    error_message = "BRIDGE reads S3's own event from the home queue."
  }
}

run "what_cannot_be_delivered_stays_on_the_topics_side" {
  command = plan

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this.redrive_policy).deadLetterTargetArn == "arn:aws:sqs:eu-west-1:123456789012:kit-events-undelivered"
    error_message = "A subscription's dead-letter queue lies in the topic's region."
  }
}

run "undelivered_takes_from_this_topic_only_over_tls" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue.undelivered.policy).Statement[*].Effect == ["Deny", "Allow"] && jsondecode(aws_sqs_queue.undelivered.policy).Statement[1].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:sns:eu-west-1:123456789012:kit-events"
    error_message = "Only this topic's failures belong here."
  }
}

run "undelivered_notifications_call_somebody" {
  command = plan

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.undelivered["kit-events-undelivered"].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])
    error_message = "Nothing else tells of a dropped notification."
  }
}

run "a_target_without_alarms_gets_none" {
  command = plan

  variables {
    alarm_actions = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.undelivered) == 0
    error_message = "No alarm where alarms do not work."
  }
}

run "rejects_a_queue_where_a_topic_belongs" {
  command = plan

  variables {
    topic_arn = "arn:aws:sqs:eu-west-1:123456789012:kit-events"
  }

  expect_failures = [var.topic_arn]
}
