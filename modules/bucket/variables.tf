variable "name" {
  description = "Name of the bucket, unique in the world."
  type        = string
  nullable    = false
}

variable "versioned" {
  description = "Whether overwritten and deleted objects stay readable by their version."
  type        = bool
  nullable    = false
}

variable "days" {
  description = "Days until an object expires (null: never), and until a version that is no longer current does."
  type = object({
    current    = optional(number)
    noncurrent = optional(number)
  })
  default  = {}
  nullable = false
}

variable "throw_away" {
  description = "Whether the bucket may be destroyed with what is in it."
  type        = bool
  nullable    = false
}

variable "partition" {
  description = "Partition of the bucket's region."
  type        = string
  nullable    = false
}
