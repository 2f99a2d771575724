# The endpoint is made in the same apply: whether there is a policy must not depend on its id.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "terraform_data" "endpoint" {
  input = "vpce-1"
}

module "gateway" {
  source = "../.."

  name     = "kit-api"
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  function = { name = "kit-api", invoke_arn = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/kit-api/invocations", timeout_s = 29 }
  paths    = { "/library" = ["GET"] }
  throttle = { per_second = 100, burst = 200 }

  is_private       = true
  vpc_endpoint_ids = toset([terraform_data.endpoint.id])
}
