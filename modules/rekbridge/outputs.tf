output "deployment" {
  description = "Names and addresses of everything, for operators and tests: `terraform output -json deployment`."
  value = {
    prefix       = var.prefix
    target       = var.target
    ephemeral    = local.ephemeral
    schema       = module.home.components.schema
    account_id   = data.aws_caller_identity.this.account_id
    regions      = { home = var.home_region, remote = var.remote_region }
    operations   = { for name, operation in local.operations : name => { transfer = operation.transfer, regions = operation.regions, concurrency = operation.concurrency } }
    buckets      = merge(module.home.components.buckets, { staging = module.remote.exports.staging.name })
    tables       = module.home.components.tables
    functions    = module.home.components.functions
    mappings     = module.home.components.mappings
    api          = module.home.components.api
    event_bus    = module.home.components.event_bus
    topic_arn    = module.remote.topic_arn
    subscription = module.bridge.subscription_arn

    # What `rekbridge residency audit` holds the deployment against.
    residency = {
      allowed_regions    = local.analysis_regions
      staging_ttl_h      = var.staging_ttl_h
      log_retention_days = var.log_retention_days
      kms_key_arns       = var.kms_key_arns
    }

    queues = merge(module.home.components.queues, {
      bridge              = module.bridge.exports
      events_delivery_dlq = module.bridge.delivery_dlq
      sink_delivery_dlqs  = module.sinks.delivery_dlqs
    })
  }
}
