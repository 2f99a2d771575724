provider "aws" {
  region = "eu-west-3"
}

module "reports" {
  source = "../.."

  name      = "reports-123456789012-eu-west-3"
  partition = "aws"
  versioned = false
  ephemeral = false
  days      = { current = 90 }
}
