variable "name" {
  description = "Name of the secret."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the secret is for, and what becomes of everything if its value is lost."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Region, partition and account of the secret."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "ephemeral" {
  description = "Whether the secret may be destroyed at once; otherwise it can be restored for 30 days."
  type        = bool
  nullable    = false
}

variable "existing_arn" {
  description = "ARN of a secret to use instead, known when planning (null: the module creates one)."
  type        = string
  default     = null
  nullable    = true
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the secret, in its region (null: aws/secretsmanager)."
  type        = string
  default     = null
  nullable    = true
}
