output "exports" {
  description = "The bridge's queue, for its reader and its alarm."
  value       = module.queue.exports.this
}

output "undelivered" {
  description = "The queue of notifications that could not be delivered, in the topic's region."
  value = {
    name = aws_sqs_queue.undelivered.name
    arn  = local.undelivered
    url  = aws_sqs_queue.undelivered.url
  }
}

output "subscription_arn" {
  description = "The bridge itself: take it away, and staged images wait."
  value       = aws_sns_topic_subscription.this.arn
}
