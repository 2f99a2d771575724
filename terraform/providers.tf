# One provider per region. An emulator is reached by AWS_ENDPOINT_URL; it has no account to look up and no host names for buckets.
# regions.json says which regions exist: the provider's own list ends with the day of its release.

provider "aws" {
  alias  = "home"
  region = var.home_region

  skip_region_validation      = true
  skip_credentials_validation = local.is_emulator
  skip_metadata_api_check     = local.is_emulator
  skip_requesting_account_id  = local.is_emulator
  s3_use_path_style           = local.is_emulator
  allowed_account_ids         = local.allowed_account_ids

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "remote"
  region = var.remote_region

  skip_region_validation      = true
  skip_credentials_validation = local.is_emulator
  skip_metadata_api_check     = local.is_emulator
  skip_requesting_account_id  = local.is_emulator
  s3_use_path_style           = local.is_emulator
  allowed_account_ids         = local.allowed_account_ids

  default_tags {
    tags = local.tags
  }
}

# The home region again, for the secret alone (modules/rekbridge/versions.tf says why).
provider "aws" {
  alias  = "secrets"
  region = var.home_region

  skip_region_validation      = true
  skip_credentials_validation = local.is_emulator
  skip_metadata_api_check     = local.is_emulator
  skip_requesting_account_id  = local.is_emulator
  allowed_account_ids         = local.allowed_account_ids

  default_tags {
    tags = local.tags
  }
}

locals {
  is_emulator = var.target != "aws"

  # Whatever the credentials are: another account is refused before anything is read from it.
  allowed_account_ids = local.is_emulator || var.account_id == null ? null : [var.account_id]
}
