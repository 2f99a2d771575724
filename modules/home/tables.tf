# The library (images, sources, runs, results, labels), the claims (leases and attempts of calls to Rekognition), the rate limits (one per
# operation and region, and one per caller of the REST API).

locals {
  table_arns = { for key, name in { library = "library", claims = "claims", rate_limit = "rate-limit" } : key =>
    "arn:${var.location.partition}:dynamodb:${var.location.name}:${var.location.account_id}:table/${var.prefix}-${name}"
  }
}

resource "aws_dynamodb_table" "library" {
  name                        = "${var.prefix}-library"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = !var.deployment.ephemeral
  tags                        = local.schema_tags

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "due_shard"
    type = "S"
  }

  attribute {
    name = "due_at"
    type = "N"
  }

  # Sparse: only pending runs have the two attributes.
  global_secondary_index {
    name            = "due"
    hash_key        = "due_shard"
    range_key       = "due_at"
    projection_type = "ALL"
  }

  dynamic "server_side_encryption" {
    for_each = var.organisation.kms_key_arn[*]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "claims" {
  name                        = "${var.prefix}-claims"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = !var.deployment.ephemeral
  tags                        = local.schema_tags

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "server_side_encryption" {
    for_each = var.organisation.kms_key_arn[*]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  point_in_time_recovery {
    enabled = true
  }
}

# One item per operation and region, and one per caller of the REST API. A missing item is created by the next call: there is nothing
# to restore, and an old state would be wrong.
resource "aws_dynamodb_table" "rate_limit" {
  #checkov:skip=CKV_AWS_28:Point-in-time recovery would cost and save nothing: the state is seconds old at most, and is made anew.
  name                        = "${var.prefix}-rate-limit"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "operation_region"
  deletion_protection_enabled = !var.deployment.ephemeral
  tags                        = local.schema_tags

  attribute {
    name = "operation_region"
    type = "S"
  }

  # Only the items of callers have it: an hour after one is of no use.
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  dynamic "server_side_encryption" {
    for_each = var.organisation.kms_key_arn[*]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  point_in_time_recovery {
    enabled = false
  }
}
