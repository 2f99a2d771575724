variable "name" {
  description = "Name of the bridge's queue."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "The topic that is bridged."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "The bridge starts at an SNS topic, not at ${var.topic_arn}."
  }
}

variable "undelivered" {
  description = "Name of the queue, in the topic's region, of what could not be delivered."
  type        = string
  nullable    = false
}

variable "from" {
  description = "The topic's region (a row of regions.json), where aws.from works."
  type = object({
    name       = string
    partition  = string
    account_id = string
    opt_in     = bool
  })
  nullable = false
}

variable "to" {
  description = "The queue's region (a row of regions.json), where aws.to works."
  type = object({
    name       = string
    partition  = string
    account_id = string
    opt_in     = bool
  })
  nullable = false
}

variable "reader_timeout_s" {
  description = "Timeout of the function that reads the queue."
  type        = number
  nullable    = false
}

variable "alarm_actions" {
  description = "Whom to tell, by ARN in the topic's region, when a notification could not be delivered; null where the target has no alarms."
  type        = list(string)
  nullable    = true
}
