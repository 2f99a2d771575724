# One direction across regions: SNS topic (aws.from) -> SQS queue (aws.to).
# The bridge owns the queue, because a queue has exactly one policy.

locals {
  # An opt-in region has a principal of its own. AWS: into an opt-in region SNS delivers as that of the queue's region, out of one as that
  # of the topic's. Other pages, and the one on DLQs, name the global principal alone; and Osaka is opt-in on one page and not on another.
  # So every principal that may be meant is admitted, always for this one topic only: a wrong one loses notifications without an error.
  regional_principals = [for region in [var.to, var.from] : "sns.${region.name}.amazonaws.com" if region.opt_in || region.name == "ap-northeast-3"]
  sns_principals      = concat(["sns.amazonaws.com"], local.regional_principals)
}

module "queue" {
  source = "../queue"

  providers = {
    aws = aws.to
  }

  location    = var.to
  kms_key_arn = var.kms_key_arns.to

  queues = {
    this = {
      name               = var.name
      consumer_timeout_s = var.consumer_timeout_s
      senders            = { topic = { services = local.sns_principals, source_arn = var.topic_arn } }
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
