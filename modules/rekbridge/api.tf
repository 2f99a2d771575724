# What the REST API offers, and how much of it.

variable "api_operations" {
  description = <<-EOT
    What the REST API offers beyond `operations`, by catalog name: operations that no upload runs, or other regions for one that uploads run.
    regions: where the API may call the operation, in place of its regions in `operations` (default: every allowed region that has it).
    An operation of `operations` that is not named here is offered in exactly its regions there; a staged one in remote_region, because
    its images may go nowhere else.
  EOT
  type = map(object({
    regions = optional(set(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.api_operations) : contains(keys(local.catalog), name)])
    error_message = "Unknown operations in api_operations: ${join(", ", setsubtract(keys(var.api_operations), keys(local.catalog)))}. The catalog has ${join(", ", keys(local.catalog))}."
  }

  validation {
    condition = alltrue([for name, operation in var.api_operations :
      length(setsubtract(coalesce(operation.regions, []), lookup(local.api_region_choices, name, local.partition_regions))) == 0
    ])
    error_message = join("\n", [for name, operation in var.api_operations :
      "api_operations: ${name} cannot be called in ${join(", ", setsubtract(coalesce(operation.regions, []), lookup(local.api_region_choices, name, local.partition_regions)))}. Allowed regions that have ${name}: ${lookup(local.region_suggestions, name, "none")}."
      if length(setsubtract(coalesce(operation.regions, []), lookup(local.api_region_choices, name, local.partition_regions))) > 0
    ])
  }

  # null takes the default; with an empty set every request would fail.
  validation {
    condition = alltrue([for name, operation in var.api_operations :
      length(coalesce(operation.regions, ["default"])) > 0 && length(lookup(local.api_region_choices, name, ["default"])) > 0
    ])
    error_message = join("\n", [for name, operation in var.api_operations :
      "api_operations: ${name} has no region. Leave out its regions to use every allowed region that has it (${lookup(local.region_suggestions, name, "none")}), add one of ${join(", ", lookup(local.available_regions, name, []))} to allowed_regions, or remove the entry."
      if length(coalesce(operation.regions, ["default"])) == 0 || length(lookup(local.api_region_choices, name, ["default"])) == 0
    ])
  }
}

variable "worker_share" {
  description = <<-EOT
    The part of every quota that is guaranteed to uploads; the rest is guaranteed to the REST API. What one does not use, the other may.
    So neither waits for the other's backlog, however much is sent.
  EOT
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = var.worker_share >= 0.05 && var.worker_share <= 0.95
    error_message = "worker_share is ${var.worker_share}: set 0.05-0.95, because uploads and the REST API both need a part. One that is not used costs the other nothing."
  }
}

variable "api_throttle" {
  description = <<-EOT
    Requests a second that the REST API admits, and the size of a burst; further requests get 429.
    While every region is at its rate limit, a request retries for about 11 seconds: 50 requests a second are then about 550
    concurrent invocations, out of those that the account has for everything in the home region (account_concurrency).
  EOT
  type = object({
    per_second = optional(number, 50)
    burst      = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.api_throttle.per_second > 0 && var.api_throttle.burst >= 1
    error_message = "api_throttle admits nothing: set per_second to more than 0 and burst to 1 or more."
  }
}

variable "api_caller_throttle" {
  description = <<-EOT
    Requests a second that one caller (an IAM user, or a role whatever its session) may send to POST /analyze and POST /uploads, and how
    many at once; further requests get 429. Default: half of api_throttle, so that one caller leaves half of it to the others.
  EOT
  type = object({
    per_second = optional(number)
    burst      = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for per_second in [coalesce(var.api_caller_throttle.per_second, var.api_throttle.per_second)] : per_second > 0 && per_second <= var.api_throttle.per_second])
    error_message = "per_second of api_caller_throttle must be more than 0 and at most ${var.api_throttle.per_second}, which api_throttle admits of all callers. Change it, or leave it out."
  }

  validation {
    condition     = alltrue([for burst in [coalesce(var.api_caller_throttle.burst, 1)] : burst >= 1 && burst <= max(1, var.api_throttle.burst) && floor(burst) == burst])
    error_message = "burst of api_caller_throttle must be a whole number from 1 to ${max(1, var.api_throttle.burst)}, which api_throttle admits of all callers. Change it, or leave it out."
  }
}

locals {
  # Where api_operations may let the API call an operation.
  api_region_choices = { for name, regions in local.available_regions : name => sort(setintersection(regions, local.analysis_regions)) }

  api_regions = merge(local.call_regions, { for name, operation in var.api_operations : name => sort(coalesce(operation.regions, local.api_region_choices[name])) })

  # The settings of uploads, so that an image that was uploaded and sent is one analysis.
  api_operations = { for name, regions in local.api_regions : name => {
    action   = local.catalog[name].action
    regions  = { for region in regions : region => { tps = local.tps[region][local.catalog[name].action], weight = lookup(var.weights, region, 1) } }
    settings = try(local.operations[name].settings, "{}")
  } }

  caller_throttle = {
    per_second = coalesce(var.api_caller_throttle.per_second, var.api_throttle.per_second / 2)
    burst      = coalesce(var.api_caller_throttle.burst, max(1, floor(var.api_throttle.burst / 2)))
  }
}
