provider "aws" {
  alias  = "home"
  region = "eu-west-3"
}

provider "aws" {
  alias  = "remote"
  region = "eu-west-1"
}

# In packages.auto.tfvars.json, which `rekbridge package --upload` writes.
variable "packages" {
  type = map(object({ bucket = string, key = string, sha256 = string }))
}

module "rekbridge" {
  source = "../.."

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.home
  }

  home_region     = "eu-west-3"
  remote_region   = "eu-west-1"
  allowed_regions = ["eu-west-1"]
  operations      = { faces = {} }
  packages        = var.packages
}
