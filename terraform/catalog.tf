# What Rekognition can do, and where: read from the same tables as the handlers'.

locals {
  catalog      = jsondecode(file("${path.module}/../handlers/rekbridge_lambda/domain/operations.json"))
  single_image = [for name, operation in local.catalog : name if length(operation.images) == 1]

  # Regions that have an operation, and the allowed ones among them, as words.
  able   = { for name, operation in local.catalog : name => [for region in local.reachable : region if contains(keys(local.tps[region]), operation.action)] }
  choice = { for name, regions in local.able : name => coalesce(join(", ", setintersection(regions, local.allowed)), "none") }

  # Seconds of a typical piece of work (a call takes 0.3), and a quarter for the odd slow one. Quota x latency = calls in flight.
  latency_s = 0.42 * 1.25

  # A model of one's own lies in one region, which its ARN tells.
  bound = { for name in keys(var.operations) : name => try([local.model_region[name]], local.allowed) }

  called_in = { for name, operation in var.operations : name => sort(operation.way == "staged" ? [var.remote_region] :
    setintersection(coalesce(operation.regions, local.able[name]), local.able[name], local.allowed, local.bound[name])
  ) }

  operations = { for name, operation in var.operations : name => {
    action   = local.catalog[name].action
    way      = operation.way
    regions  = { for region in local.called_in[name] : region => { tps = local.tps[region][local.catalog[name].action], weight = lookup(var.weights, region, 1) } }
    settings = jsonencode({ for key, value in operation.settings : key => try(jsondecode(value), value) })

    # AWS: an event source runs 2-1,000 invocations at a time.
    concurrency = min(1000, max(2, ceil(local.latency_s * sum(concat([0], [for region in local.called_in[name] : local.tps[region][local.catalog[name].action]])))))
  } }

  called_past_home = [for name, regions in local.called_in : name if !contains(regions, var.home_region) && contains(local.able[name], var.home_region)]
}
