# What INGEST makes of an image, once, for every analysis of it.

module "prepared" {
  source = "../bucket"

  name       = "${var.prefix}-prepared-${var.place.account_id}-${var.place.name}"
  partition  = var.place.partition
  throw_away = var.deployment.throw_away

  # Its keys name their content, so there is nothing to overwrite. It outlives the 10 days that work may wait.
  versioned = false
  days      = { current = 30 }
}
