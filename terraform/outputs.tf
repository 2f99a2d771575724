output "deployment" {
  description = "Where everything is, for operators and tests: `terraform output -json deployment`."
  value = {
    prefix       = var.prefix
    target       = var.target
    account_id   = data.aws_caller_identity.this.account_id
    regions      = { home = var.home_region, remote = var.remote_region }
    operations   = { for name, operation in local.operations : name => { way = operation.way, regions = operation.regions, concurrency = operation.concurrency } }
    buckets      = merge(module.home.stations.buckets, { staging = module.remote.exports.staging.name })
    tables       = module.home.stations.tables
    functions    = module.home.stations.functions
    mappings     = module.home.stations.mappings
    api          = module.home.stations.api
    event_bus    = module.home.stations.event_bus
    topic_arn    = module.remote.topic_arn
    subscription = module.bridge.subscription_arn

    queues = merge(module.home.stations.queues, {
      bridge             = module.bridge.exports
      sweep_undelivered  = module.home.stations.undelivered
      events_undelivered = module.bridge.undelivered
    })
  }
}
