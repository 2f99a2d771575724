variable "prefix" {
  description = "Name prefix of every resource."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The remote region (a row of regions.json) and the account."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "ephemeral" {
  description = "Whether the stack may be destroyed with the data in it."
  type        = bool
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts staged copies and notifications, in the remote region (null: S3's own keys, and a key of the module for the topic)."
  type        = string
  default     = null
  nullable    = true
}
