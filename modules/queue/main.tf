# The queues of one region, each with its dead-letter queue (DLQ), and DLQs for what a service cannot deliver.
# A message never moves to a DLQ because it waited. Policies are set when a queue is created: S3 sends a test message as soon as it is
# configured to notify the queue. All queues are in one module, without a for_each on the module: a reference into a module with for_each
# waits for everything in it, also for the redrive policies, which take half a minute of their own.

locals {
  # Strings, not references: policies can be read in the plan, and the two queues may refer to each other.
  arn_prefix = "arn:${var.location.partition}:sqs:${var.location.name}:${var.location.account_id}"
  arns       = { for key, queue in local.queues : key => "${local.arn_prefix}:${queue.name}" }

  # null: a queue has one or the other.
  sqs_managed_sse = var.kms_key_arn == null ? true : null

  # Every queue of this module; the DLQ of the queue `key` has the key `key-dlq`.
  queues = merge(var.queues, local.dlqs)

  dlqs = merge(
    { for key, queue in var.queues : "${key}-dlq" => { name = "${queue.name}-dlq", senders = {}, source = key, retention_days = 14 } },
    { for key, dlq in var.delivery_dlqs : key => { name = dlq.name, senders = dlq.senders, source = null, retention_days = dlq.retention_days } },
  )
}

resource "aws_sqs_queue" "this" {
  for_each = var.queues

  name                       = each.value.name
  visibility_timeout_seconds = 6 * each.value.consumer_timeout_s
  message_retention_seconds  = 10 * 24 * 3600
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = local.sqs_managed_sse
  kms_master_key_id          = var.kms_key_arn
  policy                     = local.policies[each.key]
}

# A resource of its own: a queue and its DLQ are created in parallel, and each takes half a minute.
resource "aws_sqs_queue_redrive_policy" "this" {
  for_each = var.queues

  queue_url = aws_sqs_queue.this[each.key].url

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.arns["${each.key}-dlq"]

    # SQS counts every receive, and a message that waits is received again and again. Consumers send to the DLQ themselves, long before this.
    maxReceiveCount = 1000
  })

  # SQS rejects a DLQ that does not exist.
  depends_on = [aws_sqs_queue.dlq]
}

resource "aws_sqs_queue" "dlq" {
  for_each = local.dlqs

  name                      = each.value.name
  message_retention_seconds = each.value.retention_days * 24 * 3600
  sqs_managed_sse_enabled   = local.sqs_managed_sse
  kms_master_key_id         = var.kms_key_arn
  policy                    = local.policies[each.key]

  # In the queue itself: LocalStack cannot destroy a separate redrive allow policy.
  redrive_allow_policy = each.value.source == null ? null : jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arns[each.value.source]]
  })
}
