output "exports" {
  description = "Each queue and its dead-letter queue, for readers, senders and alarms; given before they redrive."
  value = { for key, queue in aws_sqs_queue.this : key => {
    name      = queue.name
    arn       = local.arns[key].this
    url       = queue.url
    dead_name = aws_sqs_queue.dead[key].name
    dead_arn  = local.arns[key].dead
    dead_url  = aws_sqs_queue.dead[key].url
  } }
}
