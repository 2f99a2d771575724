# The quota of each region, and its share of the calls that the home region cannot take.

variable "quotas" {
  description = "Calls a second by region and API action, where they differ from AWS's defaults (handlers/rekbridge_lambda/domain/regions.json): `rekbridge quotas refresh` writes them."
  type        = map(map(number))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.quotas), keys(local.regions))) == 0
    error_message = "quotas names unknown regions: ${join(", ", setsubtract(keys(var.quotas), keys(local.regions)))}. Rekbridge knows ${join(", ", keys(local.regions))}."
  }

  validation {
    condition     = length(setsubtract(flatten([for quotas in var.quotas : keys(quotas)]), local.actions)) == 0
    error_message = "quotas names unknown API actions: ${join(", ", setsubtract(flatten([for quotas in var.quotas : keys(quotas)]), local.actions))}. The catalog has ${join(", ", local.actions)}."
  }

  validation {
    condition     = alltrue(flatten([for quotas in var.quotas : [for tps in values(quotas) : tps > 0 && tps <= 1000]]))
    error_message = "A quota is more than 0 and at most 1000 calls a second. To exclude a region, remove it from allowed_regions or from the operation's regions."
  }
}

variable "weights" {
  description = "Factor for a region's share of the calls that the home region cannot take (default 1); otherwise shares follow the quotas."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.weights), local.analysis_regions)) == 0
    error_message = "weights names regions that are not allowed: ${join(", ", setsubtract(keys(var.weights), local.analysis_regions))}. Allowed are ${join(", ", local.analysis_regions)}."
  }

  validation {
    condition     = alltrue([for weight in values(var.weights) : weight > 0])
    error_message = "A weight is more than 0. To exclude a region, remove it from allowed_regions."
  }
}

variable "account_concurrency" {
  description = "Concurrent Lambda executions that the account has in the home region (Service Quotas: Concurrent executions)."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.account_concurrency >= 10
    error_message = "account_concurrency is ${var.account_concurrency}, but AWS gives every account at least 10 concurrent executions."
  }
}

locals {
  actions = distinct([for operation in local.catalog : operation.action])

  # Calls a second by region and action.
  tps = { for name, region in local.regions : name => merge(region.tps, lookup(var.quotas, name, {})) }

  # Where an image may be analysed: the home region has it anyway.
  analysis_regions = sort(setunion(var.allowed_regions, [var.home_region]))

  analyze_concurrency = sum([for operation in local.operations : operation.concurrency])
}

check "account_concurrency_is_sufficient" {
  assert {
    condition     = local.analyze_concurrency < var.account_concurrency
    error_message = "To use every quota, ANALYZE needs ${local.analyze_concurrency} concurrent executions, but the account has ${var.account_concurrency} for everything in ${var.home_region}. Request more \"Concurrent executions\" in Service Quotas, or accept slower analysis."
  }
}
