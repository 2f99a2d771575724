# Two stacks and the bridge between them. Each takes the other's exports: Terraform orders resources, not modules, so this is no cycle.

module "home" {
  source = "../home"

  providers = {
    aws = aws.home
  }

  prefix            = var.prefix
  location          = local.locations.home
  remote            = module.remote.exports
  bridge            = module.bridge.exports
  ids_secret        = module.ids_secret.exports
  operations        = local.operations
  function_settings = var.function_settings
  image_privacy     = var.image_privacy
  worker_share      = var.worker_share
  alarms            = var.alarms

  api = {
    operations      = local.api_operations
    throttle        = var.api_throttle
    caller_throttle = local.caller_throttle
    trusted_callers = var.api_trusted_callers
  }

  sweep = {
    stale_after_s = var.stale_after_s
    staging_ttl_s = floor(var.staging_ttl_h * 3600)
  }

  deployment = {
    package_dir   = var.package_dir
    packages      = var.packages
    architecture  = var.architecture
    role          = { path = var.role_path, boundary = var.permissions_boundary }
    log_level     = var.log_level
    ephemeral     = local.ephemeral
    alarm_actions = local.alarm_actions.home
  }

  organisation = local.organisation
}

module "remote" {
  source = "../remote"

  providers = {
    aws = aws.remote
  }

  prefix      = var.prefix
  location    = local.locations.remote
  ephemeral   = local.ephemeral
  kms_key_arn = var.kms_key_arns.remote
}

module "bridge" {
  source = "../bridge"

  providers = {
    aws.from = aws.remote
    aws.to   = aws.home
  }

  name               = "${var.prefix}-bridge"
  topic_arn          = module.remote.topic_arn
  delivery_dlq_name  = "${var.prefix}-events-delivery-dlq"
  from               = local.locations.remote
  to                 = local.locations.home
  consumer_timeout_s = module.home.exports.bridge_timeout_s
  kms_key_arns       = { from = var.kms_key_arns.remote, to = var.kms_key_arns.home }

  alarm = {
    actions   = local.alarm_actions.remote
    threshold = var.alarms.dlq_messages
  }
}
