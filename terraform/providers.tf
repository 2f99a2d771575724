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

  default_tags {
    tags = local.tags
  }
}

# The home region again, for the secret alone: Terraform's tests cannot mock the ephemeral resource that generates its value, so they mock the
# other two providers and give this one an existing secret.
provider "aws" {
  alias  = "secrets"
  region = var.home_region

  skip_region_validation      = true
  skip_credentials_validation = local.is_emulator
  skip_metadata_api_check     = local.is_emulator
  skip_requesting_account_id  = local.is_emulator

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = { application = "rekbridge", deployment = var.prefix }
}
