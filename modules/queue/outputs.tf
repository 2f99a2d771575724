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
