# Who may send: the listed services for their one source, roles by their own policies; all of them over TLS only.

locals {
  policies = { for key, arns in local.arns : key => {
    this = jsonencode({ Version = "2012-10-17", Statement = concat([merge(local.tls_only, { Resource = arns.this })], local.admitted[key]) })
    dead = jsonencode({ Version = "2012-10-17", Statement = [merge(local.tls_only, { Resource = arns.dead })] })
  } }

  tls_only = {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  admitted = { for key, queue in var.queues : key => [for name, sender in queue.senders : {
    Sid       = "Admit${title(name)}"
    Effect    = "Allow"
    Principal = { Service = sender.service }
    Action    = "sqs:SendMessage"
    Resource  = local.arns[key].this
    Condition = merge(
      { ArnEquals = { "aws:SourceArn" = sender.source_arn } },
      # A bucket's ARN names no account. For others AWS's examples ask for the ARN alone: what a service does not tell would refuse all it sends.
      split(":", sender.source_arn)[4] == "" ? { StringEquals = { "aws:SourceAccount" = var.place.account_id } } : {},
    )
  }] }
}
