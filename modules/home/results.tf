# Raw answers.

module "results" {
  source = "../bucket"

  name       = "${var.prefix}-results-${var.place.account_id}-${var.place.name}"
  partition  = var.place.partition
  throw_away = var.deployment.throw_away

  # An answer was paid for: it is written once and never expires.
  versioned = false
}
