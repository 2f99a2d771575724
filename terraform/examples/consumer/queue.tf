# The team's queue. It has exactly one policy, which is the team's: so the team puts the sink's statement into it.

resource "aws_sqs_queue" "albums" {
  provider = aws.home

  name                    = "photos-albums"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "albums" {
  provider = aws.home

  queue_url = aws_sqs_queue.albums.url

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [module.rekbridge.sink_policies.albums]
  })
}
