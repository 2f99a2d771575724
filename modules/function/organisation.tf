# Permissions that a function needs only because of a VPC, or of keys that are not AWS's own.

locals {
  # AWS (Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"): Lambda uses the role's permissions for the
  # network interfaces. They have no resources that could be named before, so the code of the function is denied what Lambda is allowed.
  network_actions = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
  ]

  function_arn = "arn:${var.location.partition}:lambda:${var.location.name}:${var.location.account_id}:function:${var.name}"

  network_statements = [for statement in [
    {
      Sid      = "ConnectToVpc"
      Effect   = "Allow"
      Action   = local.network_actions
      Resource = ["*"]
    },
    {
      Sid       = "DenyVpcToTheCode"
      Effect    = "Deny"
      Action    = concat(local.network_actions, ["ec2:DetachNetworkInterface"])
      Resource  = ["*"]
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = local.function_arn } }
    },
  ] : statement if var.organisation.network != null]

  # The services that use the key for the function, because it reads and writes what they encrypt; Lambda itself, for the environment.
  called_services = distinct([for action in flatten([for statement in merge(local.base_statements, var.permissions) : statement.actions]) : split(":", action)[0]])
  key_services    = concat(["lambda"], [for service in ["dynamodb", "s3", "secretsmanager", "sqs"] : service if contains(local.called_services, service)])

  key_uses = merge(
    var.organisation.kms_key_arn == null ? {} : {
      UseHomeKey = { arn = var.organisation.kms_key_arn, services = [for service in local.key_services : "${service}.${var.location.name}.amazonaws.com"] }
    },
    # Rekognition reads a staged copy with the permissions of its caller: S3 asks KMS for it.
    var.staging_key == null ? {} : {
      UseStagingKey = { arn = var.staging_key.arn, services = ["s3.${var.staging_key.region}.amazonaws.com"] }
    },
  )

  key_statements = [for sid, use in local.key_uses : {
    Sid       = sid
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = [use.arn]
    Condition = { StringEquals = { "kms:ViaService" = use.services } }
  }]

  organisation_statements = concat(local.network_statements, local.key_statements)
}
