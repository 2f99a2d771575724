# Every queue in the home region, except for that of the bridge.

module "queues" {
  source = "../queue"

  location    = var.location
  kms_key_arn = var.organisation.kms_key_arn

  queues = merge(
    {
      # media bucket -> INGEST
      uploads = {
        name               = "${var.prefix}-uploads"
        consumer_timeout_s = local.function_settings.ingest.timeout_s
        senders            = { media = { services = ["s3.amazonaws.com"], source_arn = "arn:${var.location.partition}:s3:::${local.media_bucket}" } }
      }

      # ANALYZE, SWEEP -> ROUTE
      results = {
        name               = "${var.prefix}-results"
        consumer_timeout_s = local.function_settings.route.timeout_s
      }
    },

    # INGEST, BRIDGE, SWEEP -> ANALYZE. Quotas are per operation: a throttled operation must not delay the others.
    { for name in keys(var.operations) : "work-${name}" => {
      name               = "${var.prefix}-work-${name}"
      consumer_timeout_s = local.function_settings.analyze.timeout_s
    } },
  )

  delivery_dlqs = {
    # Events of the schedule that EventBridge cannot deliver to SWEEP.
    sweep = {
      name    = "${var.prefix}-sweep-delivery-dlq"
      senders = { schedule = { services = ["events.amazonaws.com"], source_arn = local.schedule_rule_arn } }
    }
  }
}

locals {
  queues             = module.queues.exports
  sweep_delivery_dlq = module.queues.delivery_dlqs.sweep

  work_queues     = { for name in keys(var.operations) : name => local.queues["work-${name}"] }
  work_queue_arns = [for queue in local.work_queues : queue.arn]

  # The operations as the functions get them. Compressed: AWS limits all environment variables of a Lambda to 4 KB, and this one has 5 KB
  # with every operation in every region.
  packed_operations = base64gzip(jsonencode({ for name, operation in var.operations : name => {
    transfer  = operation.transfer
    regions   = operation.regions
    settings  = jsondecode(operation.settings)
    queue_url = local.work_queues[name].url
    dlq_url   = local.work_queues[name].dlq_url
  } }))

  package = { dir = var.deployment.package_dir, objects = var.deployment.packages, architecture = var.deployment.architecture }
}
