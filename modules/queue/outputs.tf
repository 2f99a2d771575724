output "exports" {
  description = "Each queue and its DLQ, for consumers, senders and alarms; available before the redrive policies are set."
  value = { for key, queue in aws_sqs_queue.this : key => {
    name     = queue.name
    arn      = local.arns[key]
    url      = queue.url
    dlq_name = aws_sqs_queue.dlq["${key}-dlq"].name
    dlq_arn  = local.arns["${key}-dlq"]
    dlq_url  = aws_sqs_queue.dlq["${key}-dlq"].url
  } }
}

output "delivery_dlqs" {
  description = "Each delivery DLQ, for the service that sends to it and for its alarm; available when all of them exist."
  value = { for key in keys(var.delivery_dlqs) : key => {
    name = aws_sqs_queue.dlq[key].name
    arn  = local.arns[key]
    url  = aws_sqs_queue.dlq[key].url
  } }
}

output "service_senders" {
  description = "Every AWS service that sends, with the ARN of its queue: the policy of the queues' key must admit it."
  value       = flatten([for key, queue in local.queues : [for sender in queue.senders : [for service in sender.services : { service = service, queue_arn = local.arns[key] }]]])
}
