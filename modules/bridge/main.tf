# One way across regions: SNS topic (aws.from) -> SQS queue (aws.to).
# The bridge owns the queue, because a queue has exactly one policy.

locals {
  # Opt-in regions publish under their own principal; into an opt-in region it is the queue's region that counts.
  opt_in = [for region in [var.to, var.from] : region.name if region.opt_in]
  sns    = length(local.opt_in) == 0 ? "sns.amazonaws.com" : "sns.${local.opt_in[0]}.amazonaws.com"
}

module "queue" {
  source = "../queue"

  providers = {
    aws = aws.to
  }

  place = var.to

  queues = {
    this = {
      name             = var.name
      reader_timeout_s = var.reader_timeout_s
      senders          = { topic = { service = local.sns, source_arn = var.topic_arn } }
    }
  }
}

# SNS subscriptions live in the topic's region.
resource "aws_sns_topic_subscription" "this" {
  provider = aws.from

  topic_arn            = var.topic_arn
  protocol             = "sqs"
  endpoint             = module.queue.exports.this.arn
  raw_message_delivery = true

  redrive_policy = jsonencode({ deadLetterTargetArn = local.undelivered })

  # SNS refuses a dead-letter queue that is not there.
  depends_on = [aws_sqs_queue.undelivered]
}
