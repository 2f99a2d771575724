mock_provider "aws" {}

variables {
  place  = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  queues = { uploads = { name = "kit-uploads", reader_timeout_s = 60 } }
}

run "a_message_stays_hidden_for_six_timeouts_of_its_reader" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].visibility_timeout_seconds == 360
    error_message = "Lambda asks for six times the function's timeout."
  }
}

run "a_thousand_receives_are_the_last_resort" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue_redrive_policy.this["uploads"].redrive_policy) == {
      deadLetterTargetArn = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads-dead"
      maxReceiveCount     = 1000
    }
    error_message = "The queue must redrive to its own dead-letter queue."
  }
}

run "the_dead_letter_queue_takes_from_this_queue_only" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue.dead["uploads"].redrive_allow_policy) == {
      redrivePermission = "byQueue"
      sourceQueueArns   = ["arn:aws:sqs:eu-west-3:123456789012:kit-uploads"]
    }
    error_message = "No other queue may bury its messages here."
  }
}

run "the_dead_outlive_the_waiting" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].message_retention_seconds == 864000 && aws_sqs_queue.dead["uploads"].message_retention_seconds == 1209600
    error_message = "A dead message keeps its age: its queue must hold it longer."
  }
}

run "both_queues_are_encrypted_by_sqs" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this["uploads"].sqs_managed_sse_enabled && aws_sqs_queue.dead["uploads"].sqs_managed_sse_enabled
    error_message = "SSE-SQS needs no key policy, and delivers."
  }
}

run "both_queues_speak_tls_only" {
  command = plan

  assert {
    condition = alltrue([for queue in [aws_sqs_queue.this["uploads"], aws_sqs_queue.dead["uploads"]] : jsondecode(queue.policy).Statement[0].Effect == "Deny" &&
      jsondecode(queue.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    ])
    error_message = "Plain HTTP must be refused."
  }
}

run "nobody_is_admitted_by_default" {
  command = plan

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this["uploads"], aws_sqs_queue.dead["uploads"]] : jsondecode(queue.policy).Statement[*].Effect == ["Deny"]])
    error_message = "Roles send by their own policies."
  }
}

run "a_sender_is_admitted_for_one_source_of_this_account" {
  command = plan

  variables {
    queues = {
      uploads = { name = "kit-uploads", reader_timeout_s = 60, senders = { media = { service = "s3.amazonaws.com", source_arn = "arn:aws:s3:::kit-media" } } }
      results = { name = "kit-results", reader_timeout_s = 60 }
    }
  }

  assert {
    condition = jsondecode(aws_sqs_queue.this["uploads"].policy).Statement[1] == {
      Sid       = "AdmitMedia"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-3:123456789012:kit-uploads"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:s3:::kit-media" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }
    error_message = "A service acts for everybody: the policy must name the source and its account."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["results"].policy).Statement[*].Effect == ["Deny"]
    error_message = "It sends to its own queue, not to the one beside it."
  }
}

run "a_topic_is_known_by_its_arn_alone" {
  command = plan

  variables {
    queues = { bridge = { name = "kit-bridge", reader_timeout_s = 60, senders = { topic = { service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:123456789012:kit-events" } } } }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["bridge"].policy).Statement[1].Condition == { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:123456789012:kit-events" } }
    error_message = "What SNS does not tell would refuse every notification."
  }
}

run "arns_follow_the_partition" {
  command = plan

  variables {
    place = { name = "us-gov-west-1", partition = "aws-us-gov", account_id = "123456789012" }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this["uploads"].policy).Statement[0].Resource == "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:kit-uploads"
    error_message = "GovCloud has ARNs of its own."
  }
}
