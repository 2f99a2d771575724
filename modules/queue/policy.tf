# Who may send: the listed services, each for its one source; roles by their own policies; all of them over TLS only.

locals {
  policies = { for key, arn in local.arns : key => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      local.sender_statements[key],
    )
  }) }

  sender_statements = { for key, queue in local.queues : key => [for name, sender in queue.senders : {
    Sid       = "Admit${title(name)}"
    Effect    = "Allow"
    Principal = { Service = sender.services }
    Action    = "sqs:SendMessage"
    Resource  = local.arns[key]
    Condition = merge(
      { ArnEquals = { "aws:SourceArn" = sender.source_arn } },
      # The ARN of a bucket has no account, so the account is required as well. Other services get the ARN condition alone, as in AWS's
      # examples: a service that does not send aws:SourceAccount could not deliver anything.
      split(":", sender.source_arn)[4] == "" ? { StringEquals = { "aws:SourceAccount" = var.location.account_id } } : {},
    )
  }] }
}
