variable "prefix" {
  description = "Start of every name, which no other deployment of the account may have; bucket names add the account and the region."
  type        = string
  default     = "rekbridge"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix))
    error_message = "3-20 of a-z, 0-9 and -, beginning with a letter: \"${var.prefix}\" would not fit into every name."
  }

  validation {
    condition     = !can(regex("^(default-$|xn--|sthree-|amzn-s3-demo-)", "${var.prefix}-"))
    error_message = "No bucket may begin with xn--, sthree- or amzn-s3-demo-, and the event bus \"default\" is AWS's own: choose another prefix than \"${var.prefix}\"."
  }
}

variable "limits" {
  description = "What differs from modules/home/limits.tf, by function: ingest, bridge, analyze, route, sweep, api."
  type = map(object({
    timeout_s   = optional(number)
    memory_mb   = optional(number)
    concurrency = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.limits), ["ingest", "bridge", "analyze", "route", "sweep", "api"])) == 0
    error_message = "No function: ${join(", ", setsubtract(keys(var.limits), ["ingest", "bridge", "analyze", "route", "sweep", "api"]))}. There are ingest, bridge, analyze, route, sweep and api."
  }

  # One attempt may take 16 seconds, and 2.5 are kept for the answer (handlers/flows/until.py); the rest is to prepare the image.
  validation {
    condition     = alltrue([for timeout_s in [coalesce(try(var.limits["api"].timeout_s, null), 29)] : timeout_s >= 20 && timeout_s <= 29])
    error_message = "The API needs 20 seconds to ask Rekognition once, and API Gateway waits for 29 at most: set its timeout_s to 20-29, or leave it out."
  }

  # A call may take 13 seconds, and none is begun with less left (handlers/flows/ask.py).
  validation {
    condition     = alltrue([for timeout_s in [coalesce(try(var.limits["analyze"].timeout_s, null), 30)] : timeout_s >= 20])
    error_message = "ANALYZE needs 20 seconds to ask Rekognition once: set its timeout_s to 20 or more, or leave it out."
  }

  validation {
    condition     = alltrue([for name in ["analyze", "sweep", "api"] : try(var.limits[name].concurrency, null) == null])
    error_message = "The concurrency of analyze follows from the quota of each operation, and sweep and api read no queue: set it for ingest, bridge or route."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role, if your organisation asks for one."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A permissions boundary is a policy: arn:aws:iam::<account>:policy/<name>."
  }
}

variable "role_path" {
  description = "Path of every role, if your organisation asks for one."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9_.-]+/)*$", var.role_path))
    error_message = "A path begins and ends with a slash, like /rekbridge/, not \"${var.role_path}\"."
  }
}

variable "package_dir" {
  description = "Folder of the zips that `make package` builds."
  type        = string
  nullable    = false

  validation {
    condition     = alltrue([for name in ["ingest", "bridge", "analyze", "route", "sweep", "api"] : fileexists("${var.package_dir}/${name}.zip")])
    error_message = "Not every zip is in ${var.package_dir}: `make package` builds them."
  }
}

variable "architecture" {
  description = "What the zips were built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "Lambda runs arm64 or x86_64, not ${var.architecture}."
  }
}

variable "alarm_topics" {
  description = "SNS topics that alarms tell, by ARN: one in the home region, one in the remote region, for an alarm tells only its own."
  type = object({
    home   = optional(string)
    remote = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for role, region in { home = var.home_region, remote = var.remote_region } :
      var.alarm_topics[role] == null || can(regex("^arn:[a-z-]+:sns:${region}:[0-9]{12}:", var.alarm_topics[role]))
    ])
    error_message = "An alarm tells a topic of its own region: home in ${var.home_region}, remote in ${var.remote_region}."
  }
}
