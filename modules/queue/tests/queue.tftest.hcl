mock_provider "aws" {}

variables {
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  queues   = { uploads = { name = "kit-uploads", consumer_timeout_s = 60 } }
}

run "the_visibility_timeout_is_six_consumer_timeouts" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].visibility_timeout_seconds == 360
    error_message = "AWS recommends six times the function's timeout."
  }
}

run "the_redrive_policy_allows_a_thousand_receives" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue_redrive_policy.this["uploads"].redrive_policy) == {
      deadLetterTargetArn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads-dlq"
      maxReceiveCount     = 1000
    }
    error_message = "The queue must redrive to its own DLQ, after 1,000 receives."
  }
}

run "a_dlq_accepts_its_own_queue_only" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue.dlq["uploads-dlq"].redrive_allow_policy) == {
      redrivePermission = "byQueue"
      sourceQueueArns   = ["arn:aws:sqs:eu-west-3:123456789012:kit-uploads"]
    }
    error_message = "Only its own queue may redrive to a DLQ."
  }
}

run "a_service_with_a_principal_of_its_own_in_a_region_is_admitted_by_both" {
  command = plan

  variables {
    queues = {
      bridge = { name = "kit-bridge", consumer_timeout_s = 60, senders = { topic = {
        services   = ["sns.amazonaws.com", "sns.me-south-1.amazonaws.com"]
        source_arn = "arn:aws:sns:eu-west-1:123456789012:kit-events"
      } } }
    }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["bridge"].policy).Statement[1].Principal.Service == ["sns.amazonaws.com", "sns.me-south-1.amazonaws.com"]
    error_message = "The policy must admit every principal of the sender."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["bridge"].policy).Statement[1].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:sns:eu-west-1:123456789012:kit-events"
    error_message = "Each principal must be admitted for the one source only."
  }
}

run "a_delivery_dlq_keeps_messages_for_its_own_retention" {
  command = plan

  variables {
    delivery_dlqs = { events = { name = "kit-events-delivery-dlq", retention_days = 4 } }
  }

  assert {
    condition     = aws_sqs_queue.dlq["events"].message_retention_seconds == 4 * 86400 && aws_sqs_queue.dlq["uploads-dlq"].message_retention_seconds == 14 * 86400
    error_message = "A shorter retention must apply to its DLQ, and to no other."
  }
}

run "rejects_a_retention_that_sqs_does_not_have" {
  command = plan

  variables {
    delivery_dlqs = { events = { name = "kit-events-delivery-dlq", retention_days = 15 } }
  }

  expect_failures = [var.delivery_dlqs]
}

run "a_dlq_keeps_messages_longer_than_its_queue" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].message_retention_seconds == 864000 && aws_sqs_queue.dlq["uploads-dlq"].message_retention_seconds == 1209600
    error_message = "A message keeps its age in the DLQ, so the DLQ must have the longer retention."
  }
}

run "both_queues_are_encrypted_by_sqs" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].sqs_managed_sse_enabled && aws_sqs_queue.dlq["uploads-dlq"].sqs_managed_sse_enabled
    error_message = "Both queues must use SSE-SQS: it needs no key policy that admits the senders."
  }
}

run "both_queues_allow_tls_only" {
  command = plan

  assert {
    condition = alltrue([for queue in [aws_sqs_queue.this["uploads"], aws_sqs_queue.dlq["uploads-dlq"]] : jsondecode(queue.policy).Statement[0].Effect == "Deny" &&
      jsondecode(queue.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    ])
    error_message = "Plain HTTP must be denied."
  }
}

run "no_service_may_send_by_default" {
  command = plan

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this["uploads"], aws_sqs_queue.dlq["uploads-dlq"]] : jsondecode(queue.policy).Statement[*].Effect == ["Deny"]])
    error_message = "Without senders, the policy must admit no service."
  }
}

run "a_sender_is_admitted_for_one_source_of_this_account" {
  command = plan

  variables {
    queues = {
      uploads = { name = "kit-uploads", consumer_timeout_s = 60, senders = { media = { services = ["s3.amazonaws.com"], source_arn = "arn:aws:s3:::kit-media" } } }
      results = { name = "kit-results", consumer_timeout_s = 60 }
    }
  }

  assert {
    condition = jsondecode(aws_sqs_queue.this["uploads"].policy).Statement[1] == {
      Sid       = "AdmitMedia"
      Effect    = "Allow"
      Principal = { Service = ["s3.amazonaws.com"] }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:s3:::kit-media" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }
    error_message = "A service acts for every account: the policy must name the source and its account."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["results"].policy).Statement[*].Effect == ["Deny"]
    error_message = "A sender must be admitted to its own queue only."
  }
}

run "a_topic_is_admitted_by_its_arn_alone" {
  command = plan

  variables {
    queues = { bridge = { name = "kit-bridge", consumer_timeout_s = 60, senders = { topic = { services = ["sns.amazonaws.com"], source_arn = "arn:aws:sns:eu-west-1:123456789012:kit-events" } } } }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["bridge"].policy).Statement[1].Condition == { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:123456789012:kit-events" } }
    error_message = "A condition on a key that SNS does not send would deny every notification."
  }
}

run "arns_have_the_partition" {
  command = plan

  variables {
    location = { name = "us-gov-west-1", partition = "aws-us-gov", account_id = "123456789012" }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["uploads"].policy).Statement[0].Resource == "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:kit-uploads"
    error_message = "ARNs must have the partition of the region."
  }
}

run "a_delivery_dlq_keeps_messages_for_14_days_and_has_no_dlq" {
  command = plan

  variables {
    queues        = {}
    delivery_dlqs = { schedule = { name = "kit-sweep-delivery-dlq" } }
  }

  assert {
    condition     = aws_sqs_queue.dlq["schedule"].name == "kit-sweep-delivery-dlq" && aws_sqs_queue.dlq["schedule"].message_retention_seconds == 1209600 && aws_sqs_queue.dlq["schedule"].sqs_managed_sse_enabled
    error_message = "A delivery DLQ must keep messages as long as any DLQ, encrypted."
  }

  assert {
    condition     = length(aws_sqs_queue.this) + length(aws_sqs_queue_redrive_policy.this) == 0 && keys(aws_sqs_queue.dlq) == ["schedule"]
    error_message = "A delivery DLQ has no consumer and no DLQ of its own."
  }
}

run "a_delivery_dlq_admits_its_sender_over_tls_only" {
  command = plan

  variables {
    queues = {}
    delivery_dlqs = {
      schedule = { name = "kit-sweep-delivery-dlq", senders = { schedule = { services = ["events.amazonaws.com"], source_arn = "arn:aws:events:eu-west-3:123456789012:rule/kit-sweep" } } }
    }
  }

  assert {
    condition = jsondecode(aws_sqs_queue.dlq["schedule"].policy).Statement == [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:eu-west-3:123456789012:kit-sweep-delivery-dlq"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "AdmitSchedule"
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com"] }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-3:123456789012:kit-sweep-delivery-dlq"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-3:123456789012:rule/kit-sweep" } }
      },
    ]
    error_message = "Only this rule may send, and EventBridge sends no aws:SourceAccount."
  }
}

run "with_a_key_every_queue_is_encrypted_with_it" {
  command = plan

  variables {
    kms_key_arn   = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d"
    delivery_dlqs = { schedule = { name = "kit-sweep-delivery-dlq" } }
  }

  assert {
    condition     = toset([for queue in concat(values(aws_sqs_queue.this), values(aws_sqs_queue.dlq)) : queue.kms_master_key_id]) == toset(["arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d"])
    error_message = "Every queue and DLQ must use the key."
  }
}

run "service_senders_are_listed_for_the_policy_of_the_key" {
  command = plan

  variables {
    queues = {
      uploads = { name = "kit-uploads", consumer_timeout_s = 60, senders = { media = { services = ["s3.amazonaws.com"], source_arn = "arn:aws:s3:::kit-media" } } }
      results = { name = "kit-results", consumer_timeout_s = 60 }
    }
    delivery_dlqs = {
      schedule = { name = "kit-sweep-delivery-dlq", senders = { schedule = { services = ["events.amazonaws.com"], source_arn = "arn:aws:events:eu-west-3:123456789012:rule/kit-sweep" } } }
    }
  }

  assert {
    condition = toset(output.service_senders) == toset([
      { service = "s3.amazonaws.com", queue_arn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads" },
      { service = "events.amazonaws.com", queue_arn = "arn:aws:sqs:eu-west-3:123456789012:kit-sweep-delivery-dlq" },
    ])
    error_message = "A service that is not listed would not be admitted by the key, and its messages would be lost."
  }
}
