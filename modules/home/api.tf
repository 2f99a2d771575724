# REST API -> API -> Rekognition -> results bucket: analyze now, say where to upload, tell how it is.

module "api" {
  source = "../function"

  name    = "${var.prefix}-api"
  place   = var.place
  package = merge(local.package, { entry = "api" })
  role    = var.deployment.role
  limits  = local.limits.api

  environment = {
    MEDIA_BUCKET   = module.media.exports.name
    RESULTS_BUCKET = module.results.exports.name
    LEDGER_TABLE   = aws_dynamodb_table.ledger.name
    PACE_TABLE     = aws_dynamodb_table.pace.name
    OPERATIONS     = base64gzip(jsonencode(local.asked))
    ACCOUNT_ID     = var.place.account_id
    VERSION        = substr(filesha256("${var.deployment.package_dir}/api.zip"), 0, 12)
  }

  # Whoever uses a form that the function signed has the function's own permission to put.
  permissions = merge(local.asking, {
    media   = { actions = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], resources = ["${module.media.exports.arn}/*"] }
    results = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.results.exports.arn}/*"] }
    absent  = { actions = ["s3:ListBucket"], resources = [module.media.exports.arn, module.results.exports.arn] }
    ledger  = { actions = ["dynamodb:UpdateItem"], resources = [local.tables.ledger] }
    pace    = { actions = ["dynamodb:UpdateItem", "dynamodb:BatchGetItem"], resources = [local.tables.pace] }
  })
}

module "gateway" {
  source = "../gateway"

  name     = "${var.prefix}-api"
  place    = var.place
  throttle = var.api.throttle

  function = {
    name       = module.api.exports.name
    invoke_arn = module.api.exports.invoke_arn
    timeout_s  = local.limits.api.timeout_s
  }

  # As docs/openapi.json describes them (tests/plan): its version is too new for API Gateway to read it itself.
  paths = {
    "/analyze/{operation}" = ["POST"]
    "/uploads"             = ["POST"]
    "/capacity"            = ["GET"]
    "/health"              = ["GET"]
  }
}

locals {
  # What the function knows of the operations: no queue, for nobody else is asked.
  asked = { for name, operation in var.api.operations : name => {
    way      = "bytes"
    regions  = operation.regions
    settings = jsondecode(operation.settings)
    queue    = ""
    dead     = ""
  } }

  # A caller may name any model of this account's own.
  models = "arn:${var.place.partition}:rekognition:*:${var.place.account_id}:project/*/version/*/*"

  asking = { for name, operation in var.api.operations : "call_${name}" => {
    actions   = ["rekognition:${operation.action}"]
    resources = [operation.action == "DetectCustomLabels" ? local.models : "*"]
    regions   = keys(operation.regions)
  } }
}
