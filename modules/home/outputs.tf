output "exports" {
  description = "What the bridge needs of the home region; nothing here reads the remote stack."
  value = {
    bridge_timeout_s = local.limits.bridge.timeout_s
  }
}

output "stations" {
  description = "Where everything is at home, for operators and tests."
  value = {
    buckets   = { for name, bucket in { media = module.media, prepared = module.prepared, results = module.results } : name => bucket.exports.name }
    tables    = { library = aws_dynamodb_table.library.name, ledger = aws_dynamodb_table.ledger.name, pace = aws_dynamodb_table.pace.name }
    api       = module.gateway.exports
    event_bus = aws_cloudwatch_event_bus.this.name
    functions = { for name, function in { ingest = module.ingest, bridge = module.bridge, analyze = module.analyze, route = module.route, sweep = module.sweep, api = module.api } : name => function.exports.name }
    mappings  = merge([for function in [module.ingest, module.bridge, module.analyze, module.route] : function.mappings]...)
    queues = {
      uploads = local.queues.uploads
      results = local.queues.results
      work    = local.work
    }
    undelivered = {
      name = aws_sqs_queue.undelivered.name
      arn  = local.undelivered
      url  = aws_sqs_queue.undelivered.url
    }
  }
}
