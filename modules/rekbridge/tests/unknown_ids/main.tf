# A root that makes its endpoints, its key of the home region and its log destination in the same apply: their ids are unknown in the plan.

terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.home, aws.remote, aws.secrets]
    }
  }
}

resource "terraform_data" "id" {
  input = "made in the same apply"
}

module "rekbridge" {
  source = "../.."

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.secrets
  }

  ids_secret_arn = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:kit-ids-a1b2c3"

  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1", "eu-central-1"]
  package_dir     = "../function/tests/package"
  operations      = { text = { transfer = "staged" } }

  network = {
    subnet_ids           = ["subnet-${terraform_data.id.id}"]
    security_group_ids   = ["sg-${terraform_data.id.id}"]
    private_api          = true
    api_vpc_endpoint_ids = ["vpce-${terraform_data.id.id}"]
  }

  kms_key_arns    = { home = "arn:aws:kms:eu-west-3:123456789012:key/${terraform_data.id.id}" }
  log_destination = { arn = "arn:aws:logs:eu-west-3:123456789012:destination:${terraform_data.id.id}" }
}
