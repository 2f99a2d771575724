# Rekognition's responses, unchanged.

module "results" {
  source = "../bucket"

  name      = "${var.prefix}-results-${var.location.account_id}-${var.location.name}"
  partition = var.location.partition
  ephemeral = var.deployment.ephemeral

  kms_key_arn = var.organisation.kms_key_arn

  # A response was paid for: it is written once and never expires.
  versioned = false
}
