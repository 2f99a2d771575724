mock_provider "aws" {}

variables {
  prefix   = "kit"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  remote   = { region = "eu-west-1", staging = { name = "kit-staging", arn = "arn:aws:s3:::kit-staging" } }

  bridge = {
    arn      = "arn:aws:sqs:eu-west-3:123456789012:kit-bridge"
    url      = "https://sqs/kit-bridge"
    dlq_name = "kit-bridge-dlq"
    dlq_arn  = "arn:aws:sqs:eu-west-3:123456789012:kit-bridge-dlq"
    dlq_url  = "https://sqs/kit-bridge-dlq"
  }

  operations = {
    text   = { action = "DetectText", transfer = "staged", regions = { eu-west-1 = { tps = 50, weight = 1 } }, settings = "{}", concurrency = 27 }
    labels = { action = "DetectLabels", transfer = "bytes", regions = { eu-central-1 = { tps = 5, weight = 1 }, eu-west-1 = { tps = 50, weight = 1 } }, settings = "{\"MaxLabels\":20}", concurrency = 29 }
  }

  api = {
    operations = {
      faces         = { action = "DetectFaces", regions = { eu-west-1 = { tps = 100, weight = 1 }, eu-central-1 = { tps = 25, weight = 1 } }, settings = "{}" }
      custom-labels = { action = "DetectCustomLabels", regions = { eu-west-1 = { tps = 5, weight = 1 } }, settings = "{}" }
    }
    throttle        = { per_second = 100, burst = 200 }
    caller_throttle = { per_second = 12.5, burst = 25 }
  }

  ids_secret = { id = "kit-ids", arn = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:kit-ids-??????" }

  worker_share = 0.3

  sweep = { stale_after_s = 900, staging_ttl_s = 86400 }

  deployment = {
    package_dir   = "../function/tests/package"
    architecture  = "arm64"
    role          = { path = "/" }
    ephemeral     = false
    alarm_actions = []
  }
}

run "tables_can_be_restored_and_are_protected" {
  command = plan

  assert {
    condition = alltrue([for table in [aws_dynamodb_table.library, aws_dynamodb_table.claims] :
      table.deletion_protection_enabled && table.point_in_time_recovery[0].enabled
    ])
    error_message = "The library and the claims cannot be recreated: they need protection and backups."
  }
}

run "an_ephemeral_table_can_be_destroyed" {
  command = plan

  variables {
    deployment = {
      package_dir  = "../function/tests/package"
      architecture = "arm64"
      role         = { path = "/" }
      ephemeral    = true
    }
  }

  assert {
    condition     = !aws_dynamodb_table.library.deletion_protection_enabled && !aws_dynamodb_table.claims.deletion_protection_enabled
    error_message = "Deletion protection must not block the destruction of an ephemeral deployment."
  }
}

run "pending_runs_are_in_the_due_index" {
  command = plan

  assert {
    condition     = [for index in aws_dynamodb_table.library.global_secondary_index : [index.name, index.hash_key, index.range_key]] == [["due", "due_shard", "due_at"]]
    error_message = "SWEEP queries the due index by shard and time."
  }
}

run "each_operation_is_permitted_in_its_own_regions_only" {
  command = plan

  assert {
    condition = jsonencode(local.rekognition_permissions) == jsonencode({
      call_labels = { actions = ["rekognition:DetectLabels"], resources = ["*"], regions = ["eu-central-1", "eu-west-1"] }
      call_text   = { actions = ["rekognition:DetectText"], resources = ["*"], regions = ["eu-west-1"] }
    })
    error_message = "ANALYZE may call the configured operations, in their configured regions."
  }
}

run "only_the_configured_custom_model_may_be_called" {
  command = plan

  variables {
    operations = {
      custom-labels = {
        action      = "DetectCustomLabels"
        transfer    = "bytes"
        regions     = { eu-west-1 = { tps = 5, weight = 1 } }
        settings    = "{\"ProjectVersionArn\":\"arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000\"}"
        concurrency = 2
      }
    }
  }

  assert {
    condition     = local.rekognition_permissions.call_custom-labels.resources[0] == "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000"
    error_message = "The permission for custom labels must name the model."
  }
}

run "each_operation_of_the_api_is_permitted_in_its_own_regions_only" {
  command = plan

  assert {
    condition = jsonencode(local.api_permissions) == jsonencode({
      call_faces         = { actions = ["rekognition:DetectFaces"], resources = ["*"], regions = ["eu-central-1", "eu-west-1"] }
      call_custom-labels = { actions = ["rekognition:DetectCustomLabels"], resources = ["arn:aws:rekognition:*:123456789012:project/*/version/*/*"], regions = ["eu-west-1"] }
    })
    error_message = "API may call the offered operations, in their regions, and custom models of this account only."
  }
}

run "the_items_of_callers_expire" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.rate_limit.ttl[0].enabled && aws_dynamodb_table.rate_limit.ttl[0].attribute_name == "expires_at"
    error_message = "There is an item per caller: they must not stay for ever."
  }
}

run "the_api_transfers_by_bytes" {
  command = plan

  assert {
    condition     = toset([for operation in local.api_operations : operation.transfer]) == toset(["bytes"])
    error_message = "A synchronous request cannot wait for a staged copy."
  }
}

run "function_settings_can_be_changed_one_by_one" {
  command = plan

  variables {
    function_settings = { ingest = { timeout_s = 3 } }
  }

  assert {
    condition     = local.function_settings.ingest.timeout_s == 3 && local.function_settings.ingest.memory_mb == 1769 && local.function_settings.route.timeout_s == 30
    error_message = "A setting that is not given must keep its default."
  }
}

run "uploads_notify_the_uploads_queue" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.media.queue[0].queue_arn == "arn:aws:sqs:eu-west-3:123456789012:kit-uploads"
    error_message = "The media bucket must notify the uploads queue."
  }
}

run "sweep_runs_every_five_minutes_with_a_delivery_dlq" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(5 minutes)" && aws_cloudwatch_event_target.sweep.dead_letter_config[0].arn == "arn:aws:sqs:eu-west-3:123456789012:kit-sweep-delivery-dlq"
    error_message = "SWEEP must run every 5 minutes, and an undeliverable event must go to the delivery DLQ."
  }
}

run "every_dlq_and_every_function_has_alarms" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(concat(
      ["kit-uploads-dlq", "kit-bridge-dlq", "kit-work-text-dlq", "kit-work-labels-dlq", "kit-results-dlq", "kit-sweep-delivery-dlq", "kit-circuit-opened", "kit-api-5xx"],
      [for pair in setproduct(["ingest", "bridge", "analyze", "route", "sweep", "api"], ["errors", "throttles"]) : "kit-${pair[0]}-${pair[1]}"],
    ))
    error_message = "Every DLQ, every function and every metric that needs a person must have an alarm."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.stalled)) == toset(["kit-stalled-text", "kit-stalled-labels"])
    error_message = "Every operation has a queue and a quota of its own: each may make no progress while the others do."
  }
}

run "an_alarm_fires_above_zero_by_default" {
  command = plan

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.threshold]) == toset([0]) && toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.comparison_operator]) == toset(["GreaterThanThreshold"])
    error_message = "By default the first message, error or stale run must fire an alarm."
  }
}

run "each_kind_of_alarm_has_its_threshold" {
  command = plan

  variables {
    alarms = { dlq_messages = 1, function_errors = 2, function_throttles = 3, circuits_opened = 4, api_5xx = 5, stalled_runs = 6 }
  }

  assert {
    condition = jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.threshold }) == jsonencode(merge(
      { for name in ["kit-uploads-dlq", "kit-bridge-dlq", "kit-work-text-dlq", "kit-work-labels-dlq", "kit-results-dlq", "kit-sweep-delivery-dlq"] : name => 1 },
      { for name in ["ingest", "bridge", "analyze", "route", "sweep", "api"] : "kit-${name}-errors" => 2 },
      { for name in ["ingest", "bridge", "analyze", "route", "sweep", "api"] : "kit-${name}-throttles" => 3 },
      { kit-circuit-opened = 4, kit-api-5xx = 5 },
    ))
    error_message = "An alarm must have the threshold of its kind."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.stalled : alarm.threshold]) == toset([6])
    error_message = "An alarm must have the threshold of its kind."
  }
}

run "custom_metrics_have_their_alarms_in_this_deployment_only" {
  command = plan

  assert {
    condition = jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.this : name => [alarm.metric_name, alarm.dimensions] if alarm.namespace == "Rekbridge" }) == jsonencode({
      kit-circuit-opened = ["CircuitsOpened", { Deployment = "kit" }]
    })
    error_message = "An alarm must watch the metric that the functions of this deployment write."
  }

  assert {
    condition = toset(flatten([for query in aws_cloudwatch_metric_alarm.stalled["kit-stalled-text"].metric_query : [for metric in query.metric : jsonencode([metric.metric_name, metric.dimensions])]])) == toset([
      jsonencode(["StaleRuns", { Deployment = "kit", Operation = "text" }]),
      jsonencode(["StoredAnswers", { Deployment = "kit", Operation = "text" }]),
    ])
    error_message = "An alarm must watch the metrics that the functions of this deployment write."
  }
}

run "a_failed_sweep_is_not_repeated_beside_the_next_one" {
  command = plan

  assert {
    condition     = aws_lambda_function_event_invoke_config.sweep.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.sweep.maximum_event_age_in_seconds == 60
    error_message = "Lambda's retries of asynchronous invocations would overlap the next sweep."
  }
}

run "only_the_rate_limits_need_no_backup" {
  command = plan

  assert {
    condition     = !aws_dynamodb_table.rate_limit.point_in_time_recovery[0].enabled
    error_message = "Point-in-time recovery of the rate limits would cost and save nothing."
  }

  assert {
    condition     = aws_dynamodb_table.library.point_in_time_recovery[0].enabled && aws_dynamodb_table.claims.point_in_time_recovery[0].enabled
    error_message = "Results and attempts must be restorable."
  }
}
