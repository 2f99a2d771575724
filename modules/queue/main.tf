# Queues of one region, each with its dead-letter queue. Waiting never ends in the latter. The policies are theirs from the start:
# S3 tries to send as soon as it is told of a queue. All in one module, not in one each: who refers to a module that has for_each
# waits for all that is in it, the redrive policies too, which take half a minute of their own.

locals {
  # Strings, not references: policies can be read in the plan, and the two queues may name each other.
  prefix = "arn:${var.place.partition}:sqs:${var.place.name}:${var.place.account_id}"
  arns   = { for key, queue in var.queues : key => { this = "${local.prefix}:${queue.name}", dead = "${local.prefix}:${queue.name}-dead" } }
}

resource "aws_sqs_queue" "this" {
  for_each = var.queues

  name                       = each.value.name
  visibility_timeout_seconds = 6 * each.value.reader_timeout_s
  message_retention_seconds  = 10 * 24 * 3600
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  policy                     = local.policies[each.key].this
}

# A resource of its own: the two queues are made side by side, and each takes half a minute.
resource "aws_sqs_queue_redrive_policy" "this" {
  for_each = var.queues

  queue_url = aws_sqs_queue.this[each.key].url

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.arns[each.key].dead

    # SQS counts every receive, and waiting is receiving: readers bury their messages themselves, long before this.
    maxReceiveCount = 1000
  })

  # SQS refuses a dead-letter queue that is not there.
  depends_on = [aws_sqs_queue.dead]
}

resource "aws_sqs_queue" "dead" {
  for_each = var.queues

  name                      = "${each.value.name}-dead"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
  policy                    = local.policies[each.key].dead

  # Inline: LocalStack never lets a redrive allow policy of its own be destroyed.
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arns[each.key].this]
  })
}
