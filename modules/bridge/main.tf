# One direction across regions: SNS topic (aws.from) -> SQS queue (aws.to).
# The bridge owns the queue, because a queue has exactly one policy.

locals {
  # Opt-in regions publish as a principal of their own; into an opt-in region, the principal has the queue's region.
  opt_in_regions = [for region in [var.to, var.from] : region.name if region.opt_in]
  sns_principal  = length(local.opt_in_regions) == 0 ? "sns.amazonaws.com" : "sns.${local.opt_in_regions[0]}.amazonaws.com"
}

module "queue" {
  source = "../queue"

  providers = {
    aws = aws.to
  }

  location = var.to

  queues = {
    this = {
      name               = var.name
      consumer_timeout_s = var.consumer_timeout_s
      senders            = { topic = { service = local.sns_principal, source_arn = var.topic_arn } }
    }
  }
}

# SNS subscriptions are in the topic's region.
resource "aws_sns_topic_subscription" "this" {
  provider = aws.from

  topic_arn            = var.topic_arn
  protocol             = "sqs"
  endpoint             = module.queue.exports.this.arn
  raw_message_delivery = true

  # SNS rejects a DLQ that does not exist: the module's output is available when the queue is.
  redrive_policy = jsonencode({ deadLetterTargetArn = module.delivery_dlq.delivery_dlqs.this.arn })
}
