# Prepared images: INGEST makes one of every upload, and all operations use it.

module "prepared" {
  source = "../bucket"

  name      = "${var.prefix}-prepared-${var.location.account_id}-${var.location.name}"
  partition = var.location.partition
  ephemeral = var.deployment.ephemeral

  kms_key_arn = var.organisation.kms_key_arn

  # An object's key is derived from its content, so nothing is overwritten. Objects are kept longer than the 10 days that a message may wait.
  versioned = false
  days      = { current = 30 }
}
