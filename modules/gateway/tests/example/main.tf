provider "aws" {
  region = "eu-west-3"
}

module "gateway" {
  source = "../.."

  name     = "photos-api"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  throttle = { per_second = 50, burst = 100 }
  paths    = { "/health" = ["GET"] }

  function = {
    name       = "photos-api"
    invoke_arn = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-3:123456789012:function:photos-api/invocations"
    timeout_s  = 29
  }
}
