provider "aws" {
  alias  = "from"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "to"
  region = "eu-west-3"
}

module "bridge" {
  source = "../.."

  providers = {
    aws.from = aws.from
    aws.to   = aws.to
  }

  name               = "photos-bridge"
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:photos-events"
  delivery_dlq_name  = "photos-events-delivery-dlq"
  from               = { name = "eu-west-1", partition = "aws", account_id = "123456789012", opt_in = false }
  to                 = { name = "eu-west-3", partition = "aws", account_id = "123456789012", opt_in = false }
  consumer_timeout_s = 15
  alarm              = { actions = [] }
}
