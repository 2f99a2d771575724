mock_provider "aws" {}

variables {
  prefix = "kit"
  place  = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  remote = { region = "eu-west-1", staging = { name = "kit-staging", arn = "arn:aws:s3:::kit-staging" } }

  bridge = {
    arn       = "arn:aws:sqs:eu-west-3:123456789012:kit-bridge"
    url       = "https://sqs/kit-bridge"
    dead_name = "kit-bridge-dead"
    dead_arn  = "arn:aws:sqs:eu-west-3:123456789012:kit-bridge-dead"
    dead_url  = "https://sqs/kit-bridge-dead"
  }

  operations = {
    text   = { action = "DetectText", way = "staged", regions = { eu-west-1 = { tps = 50, weight = 1 } }, settings = "{}", concurrency = 27 }
    labels = { action = "DetectLabels", way = "bytes", regions = { eu-central-1 = { tps = 5, weight = 1 }, eu-west-1 = { tps = 50, weight = 1 } }, settings = "{\"MaxLabels\":20}", concurrency = 29 }
  }

  api = {
    operations = {
      faces         = { action = "DetectFaces", regions = { eu-west-1 = { tps = 100, weight = 1 }, eu-central-1 = { tps = 25, weight = 1 } }, settings = "{}" }
      custom-labels = { action = "DetectCustomLabels", regions = { eu-west-1 = { tps = 5, weight = 1 } }, settings = "{}" }
    }
    throttle = { per_second = 100, burst = 200 }
  }

  patience = { pending_s = 900, longest_stay_s = 86400 }

  deployment = {
    package_dir   = "../function/tests/package"
    architecture  = "arm64"
    role          = { path = "/" }
    throw_away    = false
    alarm_actions = []
  }
}

run "tables_can_be_restored_and_are_protected" {
  command = plan

  assert {
    condition = alltrue([for table in [aws_dynamodb_table.library, aws_dynamodb_table.ledger] :
      table.deletion_protection_enabled && table.point_in_time_recovery[0].enabled
    ])
    error_message = "The library and the ledger cannot be made again."
  }
}

run "a_throw_away_table_can_go" {
  command = plan

  variables {
    deployment = {
      package_dir  = "../function/tests/package"
      architecture = "arm64"
      role         = { path = "/" }
      throw_away   = true
    }
  }

  assert {
    condition     = !aws_dynamodb_table.library.deletion_protection_enabled && !aws_dynamodb_table.ledger.deletion_protection_enabled
    error_message = "An emulator's tables must not block its end."
  }
}

run "only_pending_runs_are_indexed_as_due" {
  command = plan

  assert {
    condition     = [for index in aws_dynamodb_table.library.global_secondary_index : [index.name, index.hash_key, index.range_key]] == [["due", "due_shard", "due_at"]]
    error_message = "SWEEP asks the due index, by shard and time."
  }
}

run "each_operation_may_be_called_in_its_own_regions_only" {
  command = plan

  assert {
    condition = jsonencode(local.rekognition) == jsonencode({
      call_labels = { actions = ["rekognition:DetectLabels"], resources = ["*"], regions = ["eu-central-1", "eu-west-1"] }
      call_text   = { actions = ["rekognition:DetectText"], resources = ["*"], regions = ["eu-west-1"] }
    })
    error_message = "ANALYZE calls what is configured, where it is configured."
  }
}

run "a_model_of_ones_own_is_the_only_one_called" {
  command = plan

  variables {
    operations = {
      custom-labels = {
        action      = "DetectCustomLabels"
        way         = "bytes"
        regions     = { eu-west-1 = { tps = 5, weight = 1 } }
        settings    = "{\"ProjectVersionArn\":\"arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000\"}"
        concurrency = 2
      }
    }
  }

  assert {
    condition     = local.rekognition.call_custom-labels.resources[0] == "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000"
    error_message = "Custom labels know a resource."
  }
}

run "what_is_asked_for_directly_is_called_in_its_own_regions_only" {
  command = plan

  assert {
    condition = jsonencode(local.asking) == jsonencode({
      call_faces         = { actions = ["rekognition:DetectFaces"], resources = ["*"], regions = ["eu-central-1", "eu-west-1"] }
      call_custom-labels = { actions = ["rekognition:DetectCustomLabels"], resources = ["arn:aws:rekognition:*:123456789012:project/*/version/*/*"], regions = ["eu-west-1"] }
    })
    error_message = "The API calls what it offers, where it is allowed, and no other account's models."
  }
}

run "what_is_asked_for_directly_goes_by_bytes" {
  command = plan

  assert {
    condition     = toset([for operation in local.asked : operation.way]) == toset(["bytes"])
    error_message = "Nobody waits for a staged copy."
  }
}

run "limits_can_be_changed_one_by_one" {
  command = plan

  variables {
    limits = { ingest = { timeout_s = 3 } }
  }

  assert {
    condition     = local.limits.ingest.timeout_s == 3 && local.limits.ingest.memory_mb == 1769 && local.limits.route.timeout_s == 30
    error_message = "What is not named keeps its usual value."
  }
}

run "uploads_are_told_of" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.media.queue[0].queue_arn == "arn:aws:sqs:eu-west-3:123456789012:kit-uploads"
    error_message = "INGEST learns of uploads by the uploads queue."
  }
}

run "sweep_runs_every_five_minutes_and_what_misses_it_is_kept" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(5 minutes)" && aws_cloudwatch_event_target.sweep.dead_letter_config[0].arn == "arn:aws:sqs:eu-west-3:123456789012:kit-sweep-undelivered"
    error_message = "A schedule that fails in silence heals nothing."
  }
}

run "every_dead_letter_and_every_failing_function_calls_somebody" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(concat(
      ["kit-uploads-dead", "kit-bridge-dead", "kit-work-text-dead", "kit-work-labels-dead", "kit-results-dead", "kit-sweep-undelivered", "kit-pending-too-long", "kit-breaker-opened", "kit-api-5xx"],
      [for pair in setproduct(["ingest", "bridge", "analyze", "route", "sweep", "api"], ["errors", "throttles"]) : "kit-${pair[0]}-${pair[1]}"],
    ))
    error_message = "Somebody must hear of everything that calls for a person."
  }
}

run "pending_too_long_is_what_sweep_counts" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["kit-pending-too-long"].namespace == "Rekbridge" && aws_cloudwatch_metric_alarm.this["kit-pending-too-long"].metric_name == "PendingTooLong"
    error_message = "The alarm must watch the metric that SWEEP writes."
  }
}
