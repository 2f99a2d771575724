# The operations that Rekognition has, and the regions that have them: read from the same tables as the Lambdas use.

locals {
  catalog                 = jsondecode(file("${path.module}/../../handlers/rekbridge_lambda/domain/operations.json")).operations
  single_image_operations = [for name, operation in local.catalog : name if length(operation.image_parameters) == 1]

  # The regions that have an operation; and the allowed ones among them, as text for error messages.
  available_regions  = { for name, operation in local.catalog : name => [for region in local.partition_regions : region if contains(keys(local.tps[region]), operation.action)] }
  region_suggestions = { for name, regions in local.available_regions : name => coalesce(join(", ", setintersection(regions, local.analysis_regions)), "none") }

  # Seconds that ANALYZE takes for one message (the call takes 0.3 of them), and a quarter more for slow ones. Quota x latency = concurrent calls.
  latency_s = 0.42 * 1.25

  # A custom model can be called in the region of its ARN only.
  model_regions = { for name in keys(var.operations) : name => try([local.model_arn_region[name]], local.analysis_regions) }

  call_regions = { for name, operation in var.operations : name => sort(operation.transfer == "staged" ? [var.remote_region] :
    setintersection(coalesce(operation.regions, local.available_regions[name]), local.available_regions[name], local.analysis_regions, local.model_regions[name])
  ) }

  operations = { for name, operation in var.operations : name => {
    action   = local.catalog[name].action
    transfer = operation.transfer
    regions  = { for region in local.call_regions[name] : region => { tps = local.tps[region][local.catalog[name].action], weight = lookup(var.weights, region, 1) } }
    settings = jsonencode({ for key, value in operation.settings : key => try(jsondecode(value), value) })

    # AWS: the maximum concurrency of an event source is 2-1,000.
    concurrency = min(1000, max(2, ceil(local.latency_s * sum(concat([0], [for region in local.call_regions[name] : local.tps[region][local.catalog[name].action]])))))
  } }

  operations_bypassing_home = [for name, regions in local.call_regions : name if !contains(regions, var.home_region) && contains(local.available_regions[name], var.home_region)]
}
