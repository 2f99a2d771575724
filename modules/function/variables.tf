variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  nullable    = false
}

variable "place" {
  description = "Where the function runs."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "package" {
  description = "Where the zip lies: <dir>/<entry>.zip, built for this architecture by `make package`."
  type = object({
    dir          = string
    entry        = string
    architecture = string
  })
  nullable = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.package.architecture)
    error_message = "Lambda runs arm64 or x86_64, not ${var.package.architecture}."
  }
}

variable "role" {
  description = "What your organisation asks of every role: a path, and the ARN of a permissions boundary (null: none)."
  type = object({
    path     = optional(string, "/")
    boundary = optional(string)
  })
  default  = {}
  nullable = false
}

variable "limits" {
  description = "What one invocation may use."
  type = object({
    timeout_s = number
    memory_mb = number
  })
  nullable = false

  validation {
    condition     = var.limits.timeout_s >= 1 && var.limits.timeout_s <= 900
    error_message = "Lambda allows 1-900 seconds, not ${var.limits.timeout_s}."
  }

  validation {
    condition     = var.limits.memory_mb >= 128 && var.limits.memory_mb <= 10240
    error_message = "Lambda allows 128-10240 MB, not ${var.limits.memory_mb}."
  }
}

variable "environment" {
  description = "What the code reads: the fields of its class in handlers/config.py, in upper case."
  type        = map(string)
  default     = {}
  nullable    = false

  # AWS: names and values together. What is known after the apply only is looked at there.
  validation {
    condition     = sum(concat([0], [for name, value in var.environment : length(name) + length(value)])) <= 4096
    error_message = "All variables of a Lambda have 4 KB: shorten the settings of operations, or leave some operations out."
  }
}

variable "queues" {
  description = "Queues that invoke the function, by name; concurrency: invocations at a time."
  type = map(object({
    arn         = string
    batch_size  = number
    concurrency = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for queue in var.queues : queue.concurrency >= 2 && queue.concurrency <= 1000])
    error_message = "Lambda reads a queue with 2-1000 invocations at a time."
  }

  validation {
    condition     = alltrue([for queue in var.queues : queue.batch_size >= 1 && queue.batch_size <= 10])
    error_message = "A batch has 1-10 messages: more would need a batching window."
  }
}

variable "permissions" {
  description = "What the code itself calls, one IAM statement per key; regions: the only ones to call it in."
  type = map(object({
    actions   = list(string)
    resources = list(string)
    regions   = optional(list(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue(flatten([for statement in var.permissions : [for action in statement.actions : !strcontains(action, "*")]]))
    error_message = "Name every action: a wildcard grants what nobody reviewed."
  }
}

variable "after" {
  description = "Functions, by their ARNs, that have to be up to date before this one is."
  type        = list(string)
  default     = []
  nullable    = false
}
