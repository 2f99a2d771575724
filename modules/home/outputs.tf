output "exports" {
  description = "What the bridge needs of the home stack. It must not depend on the remote stack, or there is a cycle."
  value = {
    bridge_timeout_s = local.function_settings.bridge.timeout_s
  }
}

output "event_bus" {
  description = "Name of the event bus, for the rules of its sinks; available when the bus is."
  value       = aws_cloudwatch_event_bus.this.name
}

output "components" {
  description = "Names and addresses of everything in the home region, for operators and tests."
  value = {
    buckets   = { for name, bucket in { media = module.media, prepared = module.prepared, results = module.results } : name => bucket.exports.name }
    tables    = { library = aws_dynamodb_table.library.name, claims = aws_dynamodb_table.claims.name, rate_limit = aws_dynamodb_table.rate_limit.name }
    api       = module.gateway.exports
    event_bus = aws_cloudwatch_event_bus.this.name
    schema    = local.schema_version
    functions = { for name, function in { ingest = module.ingest, bridge = module.bridge, analyze = module.analyze, route = module.route, sweep = module.sweep, api = module.api } : name => function.exports.name }
    mappings  = merge([for function in [module.ingest, module.bridge, module.analyze, module.route] : function.mappings]...)
    queues = {
      uploads            = local.queues.uploads
      results            = local.queues.results
      work               = local.work_queues
      sweep_delivery_dlq = local.sweep_delivery_dlq
    }
  }
}

output "key_users" {
  description = "Who uses the key of the home region: its policy must admit them. staging_role_arns: the roles that use the key of staged copies."
  value = {
    role_arns         = [for function in [module.ingest, module.bridge, module.analyze, module.route, module.sweep, module.api] : function.exports.role_arn]
    staging_role_arns = [for function in [module.ingest, module.analyze, module.sweep] : function.exports.role_arn]
    log_group_arns    = concat([for function in [module.ingest, module.bridge, module.analyze, module.route, module.sweep, module.api] : function.exports.log_group_arn], [module.gateway.log_group_arn])
    event_bus_arn     = local.event_bus_arn
    service_senders   = module.queues.service_senders
  }
}
