# Raw answers, and word of them to ROUTE.

module "results" {
  source = "../bucket"

  name       = "${var.prefix}-results-${var.place.account_id}-${var.place.name}"
  partition  = var.place.partition
  throw_away = var.deployment.throw_away

  # An answer was paid for: it is written once and never expires.
  versioned = false
}

module "results_queue" {
  source = "../queue"

  name             = "${var.prefix}-results"
  place            = var.place
  reader_timeout_s = local.limits.route.timeout_s
}
