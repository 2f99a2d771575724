provider "aws" {
  region = "eu-west-3"
}

module "ingest" {
  source = "../.."

  name     = "photos-ingest"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  settings = { timeout_s = 120, memory_mb = 1769 }

  package = {
    entrypoint   = "ingest"
    architecture = "arm64"

    objects = {
      ingest = {
        bucket = "team-releases"
        key    = "rekbridge/arm64/ingest.zip"
        sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      }
    }
  }

  permissions = {
    read_letters = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::letters/*"] }
  }
}
