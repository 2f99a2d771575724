variable "name" {
  description = "Name of the bridge's queue."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "ARN of the topic whose notifications the bridge delivers."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic, not ${var.topic_arn}."
  }
}

variable "delivery_dlq_name" {
  description = "Name of the DLQ, in the topic's region, for notifications that cannot be delivered."
  type        = string
  nullable    = false
}

variable "from" {
  description = "The topic's region (a row of regions.json), which the provider aws.from is for."
  type = object({
    name       = string
    partition  = string
    account_id = string
    opt_in     = bool
  })
  nullable = false
}

variable "to" {
  description = "The queue's region (a row of regions.json), which the provider aws.to is for."
  type = object({
    name       = string
    partition  = string
    account_id = string
    opt_in     = bool
  })
  nullable = false
}

variable "consumer_timeout_s" {
  description = "Timeout of the function that consumes the queue."
  type        = number
  nullable    = false
}

variable "alarm" {
  description = "The alarm of the delivery DLQ. actions: ARNs to notify, in the topic's region (null: the target has no alarms); threshold: it fires when more messages wait."
  type = object({
    actions   = optional(list(string))
    threshold = optional(number, 0)
  })
  nullable = false
}

variable "kms_key_arns" {
  description = "ARNs of the keys that encrypt the messages, each in its region: from for the delivery DLQ, to for the bridge's queue (null: SQS's own keys)."
  type = object({
    from = optional(string)
    to   = optional(string)
  })
  default  = {}
  nullable = false
}
