# What Rekognition can do, and where: read from the same tables as the handlers'.

locals {
  catalog      = jsondecode(file("${path.module}/../handlers/domain/operations.json"))
  single_image = [for name, operation in local.catalog : name if length(operation.images) == 1]

  # Regions that have an operation, and the allowed ones among them, as words.
  able   = { for name, operation in local.catalog : name => [for region in local.reachable : region if contains(keys(local.regions[region].tps), operation.action)] }
  choice = { for name, regions in local.able : name => coalesce(join(", ", setintersection(regions, var.allowed_regions)), "none") }

  # Settings that are words of a list, or lists of such words.
  choices = merge([for name, operation in local.catalog : {
    for key, rule in operation.parameters : "${name}.${key}" => try(rule.enum, rule.items.enum) if can(try(rule.enum, rule.items.enum))
  }]...)

  # Seconds of a typical call, and a quarter for the odd slow one. Quota x latency = calls in flight; Lambda's least is 2.
  latency_s = 0.3 * 1.25

  called_in = { for name, operation in var.operations : name => coalesce(operation.region, var.remote_region) }

  operations = { for name, operation in var.operations : name => {
    action      = local.catalog[name].action
    way         = operation.way
    region      = local.called_in[name]
    settings    = jsonencode({ for key, value in operation.settings : key => try(jsondecode(value), value) })
    concurrency = max(2, ceil(local.regions[local.called_in[name]].tps[local.catalog[name].action] * local.latency_s))
  } }

  called_past_home = [for name, region in local.called_in : name if region != var.home_region && contains(local.able[name], var.home_region)]
}
