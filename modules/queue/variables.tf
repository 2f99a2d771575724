variable "location" {
  description = "Region, partition and account of the queues."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "queues" {
  description = <<-EOT
    Queues by any key; the DLQ of each is called <name>-dlq.
    consumer_timeout_s: timeout of the function that consumes the queue; the visibility timeout is six times as long.
    senders: AWS services that send to the queue, each for one source of this account only. Roles need no entry.
  EOT
  type = map(object({
    name               = string
    consumer_timeout_s = number
    senders            = optional(map(object({ service = string, source_arn = string })), {})
  }))
  default  = {}
  nullable = false
}

variable "delivery_dlqs" {
  description = "DLQs by any key, for messages that an AWS service cannot deliver: nothing consumes them, and no queue redrives to them. senders: as for queues."
  type = map(object({
    name    = string
    senders = optional(map(object({ service = string, source_arn = string })), {})
  }))
  default  = {}
  nullable = false
}
