variable "name" {
  description = "Name of the API and its log group."
  type        = string
  nullable    = false
}

variable "place" {
  description = "Where the API is served."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "function" {
  description = "The function that answers."
  type = object({
    name       = string
    invoke_arn = string
    timeout_s  = number
  })
  nullable = false

  validation {
    condition     = var.function.timeout_s >= 1 && var.function.timeout_s <= 29
    error_message = "API Gateway waits for 1-29 seconds, not ${var.function.timeout_s}."
  }
}

variable "paths" {
  description = "Methods by path, like { \"/uploads\" = [\"POST\"] }; a path has one or two segments."
  type        = map(set(string))
  nullable    = false

  validation {
    condition     = alltrue([for path in keys(var.paths) : can(regex("^(/[a-z]+)(/[a-z]+|/\\{[a-z]+\\})?$", path))])
    error_message = "A path is /segment or /segment/segment."
  }
}

variable "throttle" {
  description = "Requests a second that are admitted, and how many at once; others get 429."
  type = object({
    per_second = number
    burst      = number
  })
  nullable = false

  # AWS: an account's own throttle, for all its APIs of a region.
  validation {
    condition     = var.throttle.per_second >= 1 && var.throttle.per_second <= 10000 && var.throttle.burst >= 1 && var.throttle.burst <= 5000
    error_message = "API Gateway admits 1-10000 requests a second, and 1-5000 at once, unless AWS raised it for you."
  }
}
