# What a sink may be, and what an event may have. EventBridge itself accepts more: a target in the same region only, except for buses.

locals {
  home    = "${var.location.name}:${var.location.account_id}"
  bus_arn = "arn:${var.location.partition}:events:${local.home}:event-bus/${var.bus}"

  # A bus may belong to another account, as AWS recommends for sending events there; all others must be in this one.
  arn_forms = {
    queue_arn           = "arn:${var.location.partition}:sqs:${local.home}:[A-Za-z0-9_-]+"
    topic_arn           = "arn:${var.location.partition}:sns:${local.home}:[A-Za-z0-9_-]+"
    function_arn        = "arn:${var.location.partition}:lambda:${local.home}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?"
    event_bus_arn       = "arn:${var.location.partition}:events:${var.location.name}:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+"
    api_destination_arn = "arn:${var.location.partition}:events:${local.home}:api-destination/[A-Za-z0-9_.-]+/[A-Za-z0-9-]+"
  }

  event_fields = ["$or", "account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"]

  # The properties of docs/events/*.schema.json (tests/contract/test_events.py compares them).
  detail_fields = ["$or", "code", "id", "image_id", "operation", "result_key", "run_id", "status"]

  # The keys of a map are known while the ARN in it is not: so a target may be created by the same apply.
  kinds      = { for key, sink in var.sinks : key => one(keys(sink.target)) }
  target_arn = { for key, sink in var.sinks : key => one(values(sink.target)) }
}
