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
    senders: AWS services that send to the queue, each for one source of this account only. Roles need no entry. A service that has a
    principal of its own in some regions is listed with each.
  EOT
  type = map(object({
    name               = string
    consumer_timeout_s = number
    senders            = optional(map(object({ services = list(string), source_arn = string })), {})
  }))
  default  = {}
  nullable = false
}

variable "delivery_dlqs" {
  description = "DLQs by any key, for messages that an AWS service cannot deliver: nothing consumes them, and no queue redrives to them. senders: as for queues; retention_days: how long a message is kept."
  type = map(object({
    name           = string
    senders        = optional(map(object({ services = list(string), source_arn = string })), {})
    retention_days = optional(number, 14)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for dlq in var.delivery_dlqs : dlq.retention_days >= 1 && dlq.retention_days <= 14])
    error_message = "SQS keeps a message for 14 days at most: set the retention_days of a DLQ to 1-14."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts every message, in the queues' region; its policy must admit every sender (null: SQS's own keys)."
  type        = string
  default     = null
  nullable    = true
}
