# bridge queue -> BRIDGE -> work queues: the staged copy has arrived.

module "bridge" {
  source = "../function"

  name      = "${var.prefix}-bridge"
  location  = var.location
  package   = merge(local.package, { entrypoint = "bridge" })
  role      = var.deployment.role
  settings  = local.function_settings.bridge
  log_level = var.deployment.log_level

  organisation = var.organisation

  environment = {
    BRIDGE_QUEUE_URL = var.bridge.url
    BRIDGE_DLQ_URL   = var.bridge.dlq_url
    LIBRARY_TABLE    = aws_dynamodb_table.library.name
    OPERATIONS       = local.packed_operations
  }

  queues = {
    bridge = { arn = var.bridge.arn, batch_size = 10, concurrency = local.function_settings.bridge.concurrency }
  }

  permissions = {
    library     = { actions = ["dynamodb:GetItem"], resources = [local.table_arns.library] }
    work_queues = { actions = ["sqs:SendMessage"], resources = local.work_queue_arns }
    dlq         = { actions = ["sqs:SendMessage"], resources = [var.bridge.dlq_arn] }
  }
}
