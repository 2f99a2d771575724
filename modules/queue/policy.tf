# Who may send: the listed services for their one source, roles by their own policies; all of them over TLS only.

locals {
  policies = {
    this = jsonencode({ Version = "2012-10-17", Statement = concat([merge(local.tls_only, { Resource = local.arns.this })], local.admitted) })
    dead = jsonencode({ Version = "2012-10-17", Statement = [merge(local.tls_only, { Resource = local.arns.dead })] })
  }

  tls_only = {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  admitted = [for name, sender in var.senders : {
    Sid       = "Admit${title(name)}"
    Effect    = "Allow"
    Principal = { Service = sender.service }
    Action    = "sqs:SendMessage"
    Resource  = local.arns.this
    Condition = {
      ArnEquals    = { "aws:SourceArn" = sender.source_arn }
      StringEquals = { "aws:SourceAccount" = var.place.account_id }
    }
  }]
}
