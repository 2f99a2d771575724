variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Region, partition and account of the function."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "package" {
  description = <<-EOT
    The function's zip, built for this architecture. Either dir: the folder of <entrypoint>.zip (`make package`); or objects: released zips in a
    bucket of this region, by entrypoint, each with its SHA-256 in base64 (`rekbridge package --upload`).
  EOT
  type = object({
    dir          = optional(string)
    objects      = optional(map(object({ bucket = string, key = string, sha256 = string })))
    entrypoint   = string
    architecture = string
  })
  nullable = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.package.architecture)
    error_message = "The package's architecture is ${var.package.architecture}: Lambda has arm64 and x86_64."
  }
}

variable "role" {
  description = "What your organisation requires of every role: a path, and the ARN of a permissions boundary (null: none)."
  type = object({
    path     = optional(string, "/")
    boundary = optional(string)
  })
  default  = {}
  nullable = false
}

variable "settings" {
  description = "Timeout and memory of one invocation."
  type = object({
    timeout_s = number
    memory_mb = number
  })
  nullable = false

  validation {
    condition     = var.settings.timeout_s >= 1 && var.settings.timeout_s <= 900
    error_message = "timeout_s is ${var.settings.timeout_s}: Lambda allows 1-900 seconds."
  }

  validation {
    condition     = var.settings.memory_mb >= 128 && var.settings.memory_mb <= 10240
    error_message = "memory_mb is ${var.settings.memory_mb}: Lambda allows 128-10240 MB."
  }
}

variable "log_level" {
  description = "The lowest level that the function logs, by Python's name; the code finds it in LOG_LEVEL."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level is ${var.log_level}: choose DEBUG, INFO, WARNING or ERROR."
  }
}

variable "environment" {
  description = "Environment variables: the fields of the function's class in handlers/rekbridge_lambda/config.py, in upper case. LOG_LEVEL is added to them."
  type        = map(string)
  default     = {}
  nullable    = false

  # AWS counts names and values together. A value that is known after the apply only is counted then.
  validation {
    condition     = sum([for name, value in merge(var.environment, { LOG_LEVEL = var.log_level }) : length(name) + length(value)]) <= 4096
    error_message = "The environment variables of a Lambda may have 4 KB together: shorten the settings of operations, remove some operations, or name fewer api_trusted_callers."
  }
}

variable "queues" {
  description = "Queues that invoke the function, by name; concurrency: maximum Lambda concurrency."
  type = map(object({
    arn         = string
    batch_size  = number
    concurrency = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for queue in var.queues : queue.concurrency >= 2 && queue.concurrency <= 1000])
    error_message = "The concurrency of a queue must be 2-1000: Lambda's range for the maximum concurrency of an event source."
  }

  validation {
    condition     = alltrue([for queue in var.queues : queue.batch_size >= 1 && queue.batch_size <= 10])
    error_message = "The batch_size of a queue must be 1-10: larger batches need a batching window."
  }
}

variable "permissions" {
  description = "What the code itself calls, one IAM statement per key; regions: the only regions to call it in; leading_keys: the only partition keys of a table, with * for any characters."
  type = map(object({
    actions      = list(string)
    resources    = list(string)
    regions      = optional(list(string))
    leading_keys = optional(list(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue(flatten([for statement in var.permissions : [for action in statement.actions : !strcontains(action, "*")]]))
    error_message = "List every action by name: a wildcard grants actions that nobody reviewed."
  }
}

variable "depends_on_arns" {
  description = "ARNs of functions that must be updated before this one."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "organisation" {
  description = <<-EOT
    What your organisation requires. network: the subnets and security groups of the function (null: no VPC); kms_key_arn: the key of its log group,
    its environment, and everything at home that it reads and writes (null: AWS's own keys).
    log_retention_days: days until a log line expires; log_destination: where every log line is sent as well (null: nowhere).
  EOT
  type = object({
    network = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
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

variable "staging_key" {
  description = "The key that encrypts staged copies, for a function that reads or writes them (null: S3's own keys, or no such function)."
  type        = object({ arn = string, region = string })
  default     = null
  nullable    = true
}
