output "exports" {
  description = "The bridge's queue, for its consumer and its alarm."
  value       = module.queue.exports.this
}

output "delivery_dlq" {
  description = "The DLQ, in the topic's region, of notifications that could not be delivered."
  value       = module.delivery_dlq.delivery_dlqs.this
}

output "subscription_arn" {
  description = "The subscription that is the bridge: without it, staged images wait."
  value       = aws_sns_topic_subscription.this.arn
}

output "service_senders" {
  description = "Every AWS service that sends to a queue of the bridge, by the queue's region: the policy of its key must admit it."
  value       = { from = module.delivery_dlq.service_senders, to = module.queue.service_senders }
}
