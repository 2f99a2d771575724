# Written by `rekbridge terraform fmt` from modules/rekbridge. Change it there, where the rules are, too.

module "rekbridge" {
  source = "../modules/rekbridge"

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.secrets
  }

  account_concurrency  = var.account_concurrency
  account_id           = var.account_id
  alarm_topics         = var.alarm_topics
  alarms               = var.alarms
  allowed_regions      = var.allowed_regions
  api_caller_throttle  = var.api_caller_throttle
  api_operations       = var.api_operations
  api_throttle         = var.api_throttle
  api_trusted_callers  = var.api_trusted_callers
  architecture         = var.architecture
  ephemeral            = var.ephemeral
  function_settings    = var.function_settings
  home_region          = var.home_region
  ids_secret_arn       = var.ids_secret_arn
  image_privacy        = var.image_privacy
  kms_key_arns         = var.kms_key_arns
  log_destination      = var.log_destination
  log_level            = var.log_level
  log_retention_days   = var.log_retention_days
  network              = var.network
  operations           = var.operations
  package_dir          = var.package_dir
  packages             = var.packages
  permissions_boundary = var.permissions_boundary
  prefix               = var.prefix
  quotas               = var.quotas
  remote_region        = var.remote_region
  role_path            = var.role_path
  sinks                = var.sinks
  staging_ttl_h        = var.staging_ttl_h
  stale_after_s        = var.stale_after_s
  target               = var.target
  weights              = var.weights
  worker_share         = var.worker_share
}
