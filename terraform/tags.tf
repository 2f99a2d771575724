# Tags of every resource. The providers set them, so a root of your own sets them on its providers (default_tags).

variable "tags" {
  description = "Tags of every resource, beside application and deployment."
  type        = map(string)
  default     = {}
  nullable    = false

  # AWS: 50 tags a resource.
  validation {
    condition     = length(var.tags) <= 50 - length(local.own_tag_keys)
    error_message = "tags has ${length(var.tags)} tags: AWS allows 50 a resource, and ${join(", ", local.own_tag_keys)} are ${length(local.own_tag_keys)} of them (the last on tables). Remove ${length(var.tags) - 50 + length(local.own_tag_keys)}."
  }

  # IAM: keys that differ in case only are one key.
  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && !contains(local.own_tag_keys, lower(key))])
    error_message = "tags may not have ${join(", ", [for key in keys(var.tags) : key if startswith(lower(key), "aws:") || contains(local.own_tag_keys, lower(key))])}: AWS reserves keys that begin with aws:, and resources have ${join(", ", local.own_tag_keys)} already (IAM does not tell Team from team)."
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "tags has keys that differ in case only, which IAM takes for one: ${join(", ", [for key in keys(var.tags) : key if length([for other in keys(var.tags) : other if lower(other) == lower(key)]) > 1])}. Keep one spelling of each."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{0,256}$", value))])
    error_message = "A tag's key has 1-128 and its value 0-256 letters, digits, spaces and _ . : / = + - @; these do not: ${join(", ", [for key, value in var.tags : key if !can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{1,128}$", key)) || !can(regex("^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]{0,256}$", value))])}."
  }
}

locals {
  own_tag_keys = ["application", "deployment", "schema_version"]

  tags = merge(var.tags, { application = "rekbridge", deployment = var.prefix })
}
