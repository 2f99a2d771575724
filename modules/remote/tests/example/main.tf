provider "aws" {
  region = "eu-west-1"
}

module "remote" {
  source = "../.."

  prefix    = "photos"
  location  = { name = "eu-west-1", partition = "aws", account_id = "123456789012" }
  ephemeral = false
}
