# bridge queue -> BRIDGE -> work queues: the staged copy is there.

module "bridge" {
  source = "../function"

  name    = "${var.prefix}-bridge"
  place   = var.place
  package = merge(local.package, { entry = "bridge" })
  role    = var.deployment.role
  limits  = local.limits.bridge

  environment = {
    BRIDGE_QUEUE  = var.bridge.url
    BRIDGE_DEAD   = var.bridge.dead_url
    LIBRARY_TABLE = aws_dynamodb_table.library.name
    OPERATIONS    = local.operations
  }

  queues = {
    bridge = { arn = var.bridge.arn, batch_size = 10, concurrency = local.limits.bridge.concurrency }
  }

  permissions = {
    library = { actions = ["dynamodb:GetItem"], resources = [local.tables.library] }
    work    = { actions = ["sqs:SendMessage"], resources = local.work_arns }
    bury    = { actions = ["sqs:SendMessage"], resources = [var.bridge.dead_arn] }
  }
}
