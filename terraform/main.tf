# Two stacks and the bridge between them. Each takes the other's exports; Terraform orders resources, not modules.

module "home" {
  source = "../modules/home"

  providers = {
    aws = aws.home
  }

  prefix     = var.prefix
  place      = local.place.home
  remote     = module.remote.exports
  bridge     = module.bridge.exports
  operations = local.operations
  limits     = var.limits
  api        = { operations = local.offered, throttle = var.api_throttle }

  patience = {
    pending_s      = var.patience_s
    longest_stay_s = floor(var.longest_stay_h * 3600)
  }

  deployment = {
    package_dir   = var.package_dir
    architecture  = var.architecture
    role          = { path = var.role_path, boundary = var.permissions_boundary }
    throw_away    = local.emulated
    alarm_actions = local.alarm_actions.home
  }
}

module "remote" {
  source = "../modules/remote"

  providers = {
    aws = aws.remote
  }

  prefix     = var.prefix
  place      = local.place.remote
  throw_away = local.emulated
}

module "bridge" {
  source = "../modules/bridge"

  providers = {
    aws.from = aws.remote
    aws.to   = aws.home
  }

  name             = "${var.prefix}-bridge"
  topic_arn        = module.remote.topic_arn
  undelivered      = "${var.prefix}-events-undelivered"
  from             = local.place.remote
  to               = local.place.home
  reader_timeout_s = module.home.exports.bridge_timeout_s
  alarm_actions    = local.alarm_actions.remote
}

locals {
  alarm_actions = { for role, topic in var.alarm_topics : role => local.has.alarms ? compact([topic]) : null }
}
