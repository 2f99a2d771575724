variable "name" {
  description = "Name of the queue; its dead-letter queue is called <name>-dead."
  type        = string
  nullable    = false
}

variable "place" {
  description = "Where the queue stands."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "reader_timeout_s" {
  description = "Timeout of the function that reads the queue: a message stays hidden for six of them."
  type        = number
  nullable    = false
}

variable "receives" {
  description = "How often a message is handed out before it is dead. 1000, the most SQS allows, means: never by waiting."
  type        = number
  nullable    = false

  validation {
    condition     = var.receives >= 1 && var.receives <= 1000
    error_message = "SQS allows 1-1000 receives, not ${var.receives}."
  }
}

variable "retention_days" {
  description = "How long a message may wait."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days < 14
    error_message = "A message waits 1-13 days: a dead one keeps its age, and its queue holds it for 14."
  }
}

variable "senders" {
  description = "AWS services that send to the queue, each for one source of this account only. Roles need no entry."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false
}
