# REST API -> API -> Rekognition -> results bucket: synchronous analysis, upload forms, capacity, health.

module "api" {
  source = "../function"

  name      = "${var.prefix}-api"
  location  = var.location
  package   = merge(local.package, { entrypoint = "api" })
  role      = var.deployment.role
  settings  = local.function_settings.api
  log_level = var.deployment.log_level

  organisation = var.organisation

  environment = {
    MEDIA_BUCKET      = module.media.exports.name
    RESULTS_BUCKET    = module.results.exports.name
    LIBRARY_TABLE     = aws_dynamodb_table.library.name
    CLAIMS_TABLE      = aws_dynamodb_table.claims.name
    RATE_LIMIT_TABLE  = aws_dynamodb_table.rate_limit.name
    OPERATIONS        = base64gzip(jsonencode(local.api_operations))
    IMAGE_PRIVACY     = var.image_privacy
    WORKER_SHARE      = var.worker_share
    CALLER_PER_SECOND = var.api.caller_throttle.per_second
    CALLER_BURST      = var.api.caller_throttle.burst
    ACCOUNT_ID        = var.location.account_id
    IDS_SECRET        = var.ids_secret.id
    TRUSTED_CALLERS   = jsonencode(var.api.trusted_callers)
    VERSION           = module.api.version
    DEPLOYMENT        = var.prefix
  }

  # A presigned upload form has the permissions of the function that signed it: so the function needs s3:PutObject.
  permissions = merge(local.api_permissions, {
    ids_secret   = { actions = ["secretsmanager:GetSecretValue"], resources = [var.ids_secret.arn] }
    media        = { actions = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], resources = ["${module.media.exports.arn}/*"] }
    results      = { actions = ["s3:GetObject", "s3:PutObject"], resources = ["${module.results.exports.arn}/*"] }
    list_media   = { actions = ["s3:ListBucketVersions"], resources = [module.media.exports.arn] }
    list_buckets = { actions = ["s3:ListBucket"], resources = [module.media.exports.arn, module.results.exports.arn] }
    owners       = { actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources = [local.table_arns.library], leading_keys = ["OWNER#*"] }
    claims       = { actions = ["dynamodb:UpdateItem"], resources = [local.table_arns.claims] }
    rate_limit   = { actions = ["dynamodb:UpdateItem", "dynamodb:BatchGetItem"], resources = [local.table_arns.rate_limit] }
  })
}

module "gateway" {
  source = "../gateway"

  name     = "${var.prefix}-api"
  location = var.location
  throttle = var.api.throttle

  organisation     = var.organisation
  is_private       = var.organisation.private_api
  vpc_endpoint_ids = var.organisation.api_vpc_endpoint_ids

  function = {
    name       = module.api.exports.name
    invoke_arn = module.api.exports.invoke_arn
    timeout_s  = local.function_settings.api.timeout_s
  }

  # The paths of docs/openapi.json (tests/plan compares them): API Gateway cannot import its version of OpenAPI.
  paths = {
    "/analyze/{operation}" = ["POST"]
    "/uploads"             = ["POST"]
    "/capacity"            = ["GET"]
    "/health"              = ["GET"]
  }
}

locals {
  # The operations as the API function gets them. It uses no queues.
  api_operations = { for name, operation in var.api.operations : name => {
    transfer  = "bytes"
    regions   = operation.regions
    settings  = jsondecode(operation.settings)
    queue_url = ""
    dlq_url   = ""
  } }

  # A caller may name any custom model of this account.
  model_arns = "arn:${var.location.partition}:rekognition:*:${var.location.account_id}:project/*/version/*/*"

  api_permissions = { for name, operation in var.api.operations : "call_${name}" => {
    actions   = ["rekognition:${operation.action}"]
    resources = [operation.action == "DetectCustomLabels" ? local.model_arns : "*"]
    regions   = keys(operation.regions)
  } }
}
