provider "aws" {
  region = "eu-west-3"
}

module "queues" {
  source = "../.."

  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }

  queues = {
    letters = { name = "letters", consumer_timeout_s = 30 }
  }
}
