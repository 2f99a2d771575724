# The library (images, sources, runs, results, labels), the ledger (every attempt at a call), the pace (when the next may come).

locals {
  tables = { for name in ["library", "ledger", "pace"] : name =>
    "arn:${var.place.partition}:dynamodb:${var.place.name}:${var.place.account_id}:table/${var.prefix}-${name}"
  }
}

resource "aws_dynamodb_table" "library" {
  name                        = "${var.prefix}-library"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = !var.deployment.throw_away

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

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "ledger" {
  name                        = "${var.prefix}-ledger"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = !var.deployment.throw_away

  attribute {
    name = "pk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

# One item per operation and region; lost, it is made again by the next call.
resource "aws_dynamodb_table" "pace" {
  name                        = "${var.prefix}-pace"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "lane"
  deletion_protection_enabled = !var.deployment.throw_away

  attribute {
    name = "lane"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
