# The operations that the REST API offers.

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
}

locals {
  # The API always transfers by bytes, also where uploads are staged: it may use every region that the operation may be called in.
  api_regions = { for name, regions in local.available_regions : name =>
    sort(setintersection(regions, local.analysis_regions, coalesce(try(var.operations[name].regions, null), regions)))
  }

  api_operations = { for name, regions in local.api_regions : name => {
    action   = local.catalog[name].action
    regions  = { for region in regions : region => { tps = local.tps[region][local.catalog[name].action], weight = lookup(var.weights, region, 1) } }
    settings = try(local.operations[name].settings, "{}")
  } if length(regions) > 0 }
}
