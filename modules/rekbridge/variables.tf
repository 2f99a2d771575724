variable "prefix" {
  description = "Name prefix of every resource. No other deployment of the account may use it; bucket names also contain the account and the region."
  type        = string
  default     = "rekbridge"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix))
    error_message = "prefix is \"${var.prefix}\": use 3-20 of a-z, 0-9 and -, with a letter first and no - at the end."
  }

  validation {
    condition     = !can(regex("^(default-$|xn--|sthree-|amzn-s3-demo-)", "${var.prefix}-"))
    error_message = "prefix is \"${var.prefix}\", which AWS reserves: S3 for buckets (xn--, sthree-, amzn-s3-demo-), EventBridge for the event bus \"default\". Choose another one."
  }
}

variable "account_id" {
  description = "The account that this deployment belongs to. Any other account is refused, whatever the credentials are."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is \"${coalesce(var.account_id, "null")}\": an account has 12 digits, in quotes, so that leading zeros are kept."
  }
}

variable "function_settings" {
  description = "Changes to the defaults in modules/home/function_settings.tf, by function: ingest, bridge, analyze, route, sweep, api."
  type = map(object({
    timeout_s   = optional(number)
    memory_mb   = optional(number)
    concurrency = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.function_settings), ["ingest", "bridge", "analyze", "route", "sweep", "api"])) == 0
    error_message = "function_settings names unknown functions: ${join(", ", setsubtract(keys(var.function_settings), ["ingest", "bridge", "analyze", "route", "sweep", "api"]))}. There are ingest, bridge, analyze, route, sweep and api."
  }

  # One attempt takes up to 16 seconds, and 2.5 are reserved for the response (handlers/rekbridge_lambda/use_cases); the rest is for preparing the image.
  validation {
    condition     = alltrue([for timeout_s in [coalesce(try(var.function_settings["api"].timeout_s, null), 29)] : timeout_s >= 20 && timeout_s <= 29])
    error_message = "The timeout_s of api must be 20-29: one attempt to call Rekognition needs 20 seconds, and API Gateway waits for 29 at most. Change it, or leave it out."
  }

  # A call takes up to 13 seconds, and none is started with less time left (handlers/rekbridge_lambda/use_cases).
  validation {
    condition     = alltrue([for timeout_s in [coalesce(try(var.function_settings["analyze"].timeout_s, null), 30)] : timeout_s >= 20])
    error_message = "The timeout_s of analyze must be 20 or more: one attempt to call Rekognition needs 20 seconds. Change it, or leave it out."
  }

  validation {
    condition     = alltrue([for name in ["analyze", "sweep", "api"] : try(var.function_settings[name].concurrency, null) == null])
    error_message = "concurrency can be set for ingest, bridge and route only: that of analyze is computed from the quotas, and sweep and api consume no queue."
  }
}

variable "log_level" {
  description = "The lowest level that every function logs: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level is ${var.log_level}: choose DEBUG, INFO, WARNING or ERROR."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that is the permissions boundary of every role, if your organisation requires one."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy: arn:aws:iam::<account>:policy/<name>."
  }
}

variable "role_path" {
  description = "Path of every role, if your organisation requires one."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9_.-]+/)*$", var.role_path))
    error_message = "role_path is \"${var.role_path}\": it must begin and end with a slash, like /rekbridge/."
  }
}
