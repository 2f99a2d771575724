# How much each region takes, and how much of the overflow it gets.

variable "quotas" {
  description = "Calls a second by region and API action, where they differ from AWS's defaults (handlers/rekbridge_lambda/domain/regions.json): `rekbridge quotas refresh` writes them."
  type        = map(map(number))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.quotas), keys(local.regions))) == 0
    error_message = "No AWS region: ${join(", ", setsubtract(keys(var.quotas), keys(local.regions)))}. Rekbridge knows ${join(", ", keys(local.regions))}."
  }

  validation {
    condition     = length(setsubtract(flatten([for quotas in var.quotas : keys(quotas)]), local.actions)) == 0
    error_message = "No action of the catalog: ${join(", ", setsubtract(flatten([for quotas in var.quotas : keys(quotas)]), local.actions))}. It has ${join(", ", local.actions)}."
  }

  validation {
    condition     = alltrue(flatten([for quotas in var.quotas : [for tps in values(quotas) : tps > 0 && tps <= 1000]]))
    error_message = "A quota is more than 0 and at most 1000 calls a second; to leave a region out, take it from allowed_regions or from the operation's regions."
  }
}

variable "weights" {
  description = "Multiplies a region's share of what home cannot take (default 1); shares follow the quotas otherwise."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.weights), local.allowed)) == 0
    error_message = "Not allowed: ${join(", ", setsubtract(keys(var.weights), local.allowed))}. Weights are of ${join(", ", local.allowed)}."
  }

  validation {
    condition     = alltrue([for weight in values(var.weights) : weight > 0])
    error_message = "A weight is more than 0; to leave a region out, take it from allowed_regions."
  }
}

variable "account_concurrency" {
  description = "Lambda invocations at a time that the account has in the home region (Service Quotas: Concurrent executions)."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.account_concurrency >= 10
    error_message = "AWS gives every account 10 invocations at a time at least, not ${var.account_concurrency}."
  }
}

locals {
  actions = distinct([for operation in local.catalog : operation.action])

  # Calls a second by region and action.
  tps = { for name, region in local.regions : name => merge(region.tps, lookup(var.quotas, name, {})) }

  # Images are at home anyway.
  allowed = sort(setunion(var.allowed_regions, [var.home_region]))

  invocations = sum([for operation in local.operations : operation.concurrency])
}

check "the_account_can_run_so_many_invocations" {
  assert {
    condition     = local.invocations < var.account_concurrency
    error_message = "To use every quota ANALYZE runs ${local.invocations} invocations at a time; the account has ${var.account_concurrency} for everything in ${var.home_region}. Ask for more \"Concurrent executions\" in Service Quotas, or the calls come more slowly."
  }
}
