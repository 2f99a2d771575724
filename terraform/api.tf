# What may be asked for directly, by REST.

variable "api_throttle" {
  description = <<-EOT
    Requests a second that the REST API admits, and how many at once; others are answered with 429.
    One that waits for a free region runs for up to 6 seconds: 100 a second are 600 invocations at a time.
  EOT
  type = object({
    per_second = optional(number, 100)
    burst      = optional(number, 200)
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
