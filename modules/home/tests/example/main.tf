provider "aws" {
  region = "eu-west-3"
}

module "home" {
  source = "../.."

  prefix   = "photos"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }

  remote = {
    region  = "eu-west-1"
    staging = { name = "photos-staging-123456789012-eu-west-1", arn = "arn:aws:s3:::photos-staging-123456789012-eu-west-1" }
  }

  bridge = {
    arn      = "arn:aws:sqs:eu-west-3:123456789012:photos-bridge"
    url      = "https://sqs.eu-west-3.amazonaws.com/123456789012/photos-bridge"
    dlq_name = "photos-bridge-dlq"
    dlq_arn  = "arn:aws:sqs:eu-west-3:123456789012:photos-bridge-dlq"
    dlq_url  = "https://sqs.eu-west-3.amazonaws.com/123456789012/photos-bridge-dlq"
  }

  ids_secret = { id = "photos-ids", arn = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:photos-ids-??????" }

  operations = {
    faces = { action = "DetectFaces", transfer = "bytes", regions = { eu-west-1 = { tps = 100, weight = 1 } }, settings = "{}", concurrency = 53 }
  }

  api = {
    operations      = { faces = { action = "DetectFaces", regions = { eu-west-1 = { tps = 100, weight = 1 } }, settings = "{}" } }
    throttle        = { per_second = 50, burst = 100 }
    caller_throttle = { per_second = 25, burst = 50 }
  }

  worker_share = 0.5
  sweep        = { stale_after_s = 900, staging_ttl_s = 86400 }

  deployment = {
    packages = { for name in ["ingest", "bridge", "analyze", "route", "sweep", "api"] : name => {
      bucket = "team-releases"
      key    = "rekbridge/arm64/${name}.zip"
      sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    } }
    architecture  = "arm64"
    role          = { path = "/" }
    ephemeral     = false
    alarm_actions = []
  }
}
