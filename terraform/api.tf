# What may be asked for directly, by REST.

variable "api_throttle" {
  description = <<-EOT
    Requests a second that the REST API admits, and how many at once; others are answered with 429.
    While every region is full a request tries for some 11 seconds: 50 a second are then 550 invocations at a time,
    of those that the account has for everything in the home region (account_concurrency).
  EOT
  type = object({
    per_second = optional(number, 50)
    burst      = optional(number, 100)
  })
  default  = {}
  nullable = false
}

locals {
  # By bytes, whatever way uploads go, and so in every region that the operation may be called in.
  offered_in = { for name, regions in local.able : name =>
    sort(setintersection(regions, local.allowed, coalesce(try(var.operations[name].regions, null), regions)))
  }

  offered = { for name, regions in local.offered_in : name => {
    action   = local.catalog[name].action
    regions  = { for region in regions : region => { tps = local.tps[region][local.catalog[name].action], weight = lookup(var.weights, region, 1) } }
    settings = try(local.operations[name].settings, "{}")
  } if length(regions) > 0 }
}
