# One provider per region. An emulator is reached by AWS_ENDPOINT_URL; it has no account to ask about, and no host names for buckets.
# Which regions there are is told by regions.json: the provider's own list is as old as the provider.

provider "aws" {
  alias  = "home"
  region = var.home_region

  skip_region_validation      = true
  skip_credentials_validation = local.emulated
  skip_metadata_api_check     = local.emulated
  skip_requesting_account_id  = local.emulated
  s3_use_path_style           = local.emulated

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "remote"
  region = var.remote_region

  skip_region_validation      = true
  skip_credentials_validation = local.emulated
  skip_metadata_api_check     = local.emulated
  skip_requesting_account_id  = local.emulated
  s3_use_path_style           = local.emulated

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = { application = "rekbridge", deployment = var.prefix }
}
