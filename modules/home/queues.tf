# Every queue at home but that of the bridge.

module "queues" {
  source = "../queue"

  place = var.place

  queues = merge(
    {
      # media bucket -> INGEST
      uploads = {
        name             = "${var.prefix}-uploads"
        reader_timeout_s = local.limits.ingest.timeout_s
        senders          = { media = { service = "s3.amazonaws.com", source_arn = "arn:${var.place.partition}:s3:::${local.media}" } }
      }

      # ANALYZE, SWEEP -> ROUTE
      results = {
        name             = "${var.prefix}-results"
        reader_timeout_s = local.limits.route.timeout_s
      }
    },

    # INGEST, BRIDGE, SWEEP -> ANALYZE. Quotas are per operation, and one that is throttled must not hold up the others.
    { for name in keys(var.operations) : "work-${name}" => {
      name             = "${var.prefix}-work-${name}"
      reader_timeout_s = local.limits.analyze.timeout_s
    } },
  )
}

locals {
  queues = module.queues.exports
  work   = { for name in keys(var.operations) : name => local.queues["work-${name}"] }

  work_arns = [for queue in local.work : queue.arn]

  # What the functions know of the operations. AWS: all variables of a Lambda have 4 KB; in every region this alone has 5.
  operations = base64gzip(jsonencode({ for name, operation in var.operations : name => {
    way      = operation.way
    regions  = operation.regions
    settings = jsondecode(operation.settings)
    queue    = local.work[name].url
    dead     = local.work[name].dead_url
  } }))

  package = { dir = var.deployment.package_dir, architecture = var.deployment.architecture }
}
