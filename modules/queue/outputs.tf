output "exports" {
  description = "The queue and its dead-letter queue, for readers, senders and alarms."
  value = {
    name      = aws_sqs_queue.this.name
    arn       = local.arns.this
    url       = aws_sqs_queue.this.url
    dead_name = aws_sqs_queue.dead.name
    dead_arn  = local.arns.dead
    dead_url  = aws_sqs_queue.dead.url
  }
}

output "open_arn" {
  description = "The queue's ARN, given when its policy admits the senders: S3 tries to send when it is told of a queue."
  value       = local.arns.this

  depends_on = [aws_sqs_queue_policy.this]
}
