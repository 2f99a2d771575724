provider "aws" {
  region = "eu-west-3"
}

resource "aws_cloudwatch_event_bus" "photos" {
  name = "photos"
}

resource "aws_sqs_queue" "albums" {
  name = "albums"
}

module "sinks" {
  source = "../.."

  prefix   = "photos"
  bus      = aws_cloudwatch_event_bus.photos.name
  location = { name = "eu-west-3", partition = "aws", account_id = "123456789012" }
  alarm    = { actions = [] }

  sinks = {
    albums = {
      pattern = jsonencode({ source = ["rekbridge"], detail = { status = ["done"] } })
      target  = { queue_arn = aws_sqs_queue.albums.arn }
    }
  }
}

# A queue has exactly one policy, which is its owner's.
resource "aws_sqs_queue_policy" "albums" {
  queue_url = aws_sqs_queue.albums.url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [module.sinks.policies.albums] })
}
