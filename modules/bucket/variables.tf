variable "name" {
  description = "Name of the bucket, globally unique."
  type        = string
  nullable    = false
}

variable "versioned" {
  description = "Whether overwritten and deleted objects can still be read by their version."
  type        = bool
  nullable    = false
}

variable "days" {
  description = "Days until an object expires (current), and until a noncurrent version does; null: never."
  type = object({
    current    = optional(number)
    noncurrent = optional(number)
  })
  default  = {}
  nullable = false
}

variable "ephemeral" {
  description = "Whether the bucket may be destroyed with the objects in it."
  type        = bool
  nullable    = false
}

variable "partition" {
  description = "Partition of the bucket's region."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts every object, in the bucket's region (null: S3's own keys)."
  type        = string
  default     = null
  nullable    = true
}
