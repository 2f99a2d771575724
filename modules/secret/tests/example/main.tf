provider "aws" {
  region = "eu-west-3"
}

module "ids_secret" {
  source = "../.."

  name        = "photos-ids"
  description = "The ids of images are made with it."
  ephemeral   = false
  location    = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
}
