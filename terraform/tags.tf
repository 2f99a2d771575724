# Tags of every resource. The providers set them, so a root of your own sets them on its providers (default_tags).

variable "tags" {
  description = "Tags of every resource, beside application and deployment."
  type        = map(string)
  default     = {}
  nullable    = false

  # AWS: 50 tags a resource.
  validation {
    condition     = length(var.tags) <= 48
    error_message = "tags has ${length(var.tags)} tags: AWS allows 50 a resource, and application and deployment are two of them. Remove ${length(var.tags) - 48}."
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && !contains(["application", "deployment"], key)])
    error_message = "tags may not have ${join(", ", [for key in keys(var.tags) : key if startswith(lower(key), "aws:") || contains(["application", "deployment"], key)])}: AWS reserves keys that begin with aws:, and every resource has application and deployment already."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{0,256}$", value))])
    error_message = "A tag's key has 1-128 and its value 0-256 letters, digits, spaces and _ . : / = + - @; these do not: ${join(", ", [for key, value in var.tags : key if !can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{1,128}$", key)) || !can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{0,256}$", value))])}."
  }
}

locals {
  tags = merge(var.tags, { application = "rekbridge", deployment = var.prefix })
}
