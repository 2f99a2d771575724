# What the policy of each of your keys must allow. A service that the policy does not admit loses messages without an error, so this is
# computed from what the deployment uses, and the tests compare it with the plan. The keys are yours: nothing here changes them.

output "required_key_policies" {
  description = "Statements, as JSON, for the policy of the key in each region (kms_key_arns), beside the one that lets you administer it."
  value       = { for role, statements in local.key_statements : role => jsonencode(statements) }
}

locals {
  account_root = "arn:${local.locations.home.partition}:iam::${local.locations.home.account_id}:root"

  # A role is named by a condition, not as principal: KMS rejects a policy with a principal that does not exist yet.
  key_statements = {
    home = concat(
      [
        {
          Sid       = "RekbridgeFunctions"
          Effect    = "Allow"
          Principal = { AWS = local.account_root }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = "*"
          Condition = {
            ArnEquals    = { "aws:PrincipalArn" = module.home.key_users.role_arns }
            StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "lambda", "s3", "secretsmanager", "sqs"] : "${service}.${var.home_region}.amazonaws.com"] }
          }
        },
        # Whoever deploys, by IAM: DynamoDB and Lambda get grants, Secrets Manager encrypts the secret, logs and event bus look the key up.
        {
          Sid       = "RekbridgeDeployment"
          Effect    = "Allow"
          Principal = { AWS = local.account_root }
          # DynamoDB Developer Guide, "Authorizing use of your customer managed key", asks for all of them.
          Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
          Resource  = "*"
          Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "events", "lambda", "logs", "secretsmanager"] : "${service}.${var.home_region}.amazonaws.com"] } }
        },
        {
          Sid       = "RekbridgeLogs"
          Effect    = "Allow"
          Principal = { Service = "logs.${var.home_region}.amazonaws.com" }
          Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = module.home.key_users.log_group_arns } }
        },
        {
          Sid       = "RekbridgeEventBus"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
          Resource  = "*"
          Condition = { StringEquals = { "aws:SourceAccount" = local.locations.home.account_id, "aws:SourceArn" = module.home.key_users.event_bus_arn } }
        },
      ],
      local.sender_statements.home,
    )

    remote = concat(
      [
        # Rekognition reads a staged copy with the permissions of ANALYZE.
        {
          Sid       = "RekbridgeFunctions"
          Effect    = "Allow"
          Principal = { AWS = local.account_root }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = "*"
          Condition = {
            ArnEquals    = { "aws:PrincipalArn" = module.home.key_users.staging_role_arns }
            StringEquals = { "kms:ViaService" = ["s3.${var.remote_region}.amazonaws.com"] }
          }
        },
        # The bucket's notifications. SNS uses the key with the topic's ARN as encryption context.
        {
          Sid       = "RekbridgeStagedCopies"
          Effect    = "Allow"
          Principal = { Service = "s3.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:sns:topicArn" = [module.remote.topic_arn] } }
        },
      ],
      local.sender_statements.remote,
    )
  }

  # Services that send to queues. Without aws:SourceAccount, which EventBridge does not send to KMS (SNS Developer Guide, "Key management"):
  # the encryption context limits the key to these queues, and the policy of each queue says which source may send to it.
  queue_senders = {
    home   = concat(module.home.key_users.service_senders, module.bridge.service_senders.to, module.sinks.service_senders)
    remote = module.bridge.service_senders.from
  }

  sender_statements = { for role, senders in local.queue_senders : role => [for service in sort(distinct(senders[*].service)) : {
    Sid       = "RekbridgeQueues${replace(title(replace(trimsuffix(service, ".amazonaws.com"), "/[.-]/", " ")), " ", "")}"
    Effect    = "Allow"
    Principal = { Service = service }
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = "*"
    Condition = { ArnEquals = { "kms:EncryptionContext:aws:sqs:arn" = sort(distinct([for sender in senders : sender.queue_arn if sender.service == service])) } }
  }] }
}
