# One work queue per operation: quotas are per operation, and one that is throttled must not hold up the others.

module "work" {
  for_each = var.operations
  source   = "../queue"

  name             = "${var.prefix}-work-${each.key}"
  place            = var.place
  reader_timeout_s = local.limits.analyze.timeout_s
}

locals {
  work_arns = [for queue in module.work : queue.exports.arn]

  # What the functions know of the operations. AWS: all variables of a Lambda have 4 KB; in every region this alone has 5.
  operations = base64gzip(jsonencode({ for name, operation in var.operations : name => {
    way      = operation.way
    regions  = operation.regions
    settings = jsondecode(operation.settings)
    queue    = module.work[name].exports.url
    dead     = module.work[name].exports.dead_url
  } }))

  package = { dir = var.deployment.package_dir, architecture = var.deployment.architecture }
}
