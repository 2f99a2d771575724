variable "name" {
  description = "Name of the API and its log group."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Region, partition and account of the API."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "function" {
  description = "The function that answers every request."
  type = object({
    name       = string
    invoke_arn = string
    timeout_s  = number
  })
  nullable = false

  validation {
    condition     = var.function.timeout_s >= 1 && var.function.timeout_s <= 29
    error_message = "The function's timeout_s is ${var.function.timeout_s}: API Gateway waits for 1-29 seconds."
  }
}

variable "paths" {
  description = "Methods by path, like { \"/uploads\" = [\"POST\"] }; a path has one or two segments."
  type        = map(set(string))
  nullable    = false

  validation {
    condition     = alltrue([for path in keys(var.paths) : can(regex("^(/[a-z]+)(/[a-z]+|/\\{[a-z]+\\})?$", path))])
    error_message = "A path must be /segment or /segment/segment."
  }
}

variable "throttle" {
  description = "Requests a second that are admitted, and the size of a burst; further requests get 429."
  type = object({
    per_second = number
    burst      = number
  })
  nullable = false

  # AWS: the throttle of the account, for all its APIs of a region.
  validation {
    condition     = var.throttle.per_second >= 1 && var.throttle.per_second <= 10000 && var.throttle.burst >= 1 && var.throttle.burst <= 5000
    error_message = "per_second must be 1-10000 and burst 1-5000: AWS's throttle of an account."
  }
}

variable "organisation" {
  description = <<-EOT
    What your organisation requires. kms_key_arn: the key of the log group (null: CloudWatch's own keys).
    log_retention_days: days until a log line expires; log_destination: where every log line is sent as well (null: nowhere).
  EOT
  type = object({
    kms_key_arn        = optional(string)
    log_retention_days = optional(number, 30)
    log_destination = optional(object({
      arn            = string
      role_arn       = optional(string)
      filter_pattern = optional(string, "")
    }))
  })
  default  = {}
  nullable = false
}

variable "is_private" {
  description = "Whether only vpc_endpoint_ids reach the API; otherwise it has a public, regional address."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.is_private == (length(var.vpc_endpoint_ids) > 0)
    error_message = "A private API needs vpc_endpoint_ids, and only a private one has them."
  }
}

variable "vpc_endpoint_ids" {
  description = "VPC endpoints (execute-api) that alone reach a private API. They may be unknown when planning."
  type        = set(string)
  default     = []
  nullable    = false
}
