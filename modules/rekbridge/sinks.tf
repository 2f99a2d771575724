# Who else gets the events of finished operations: one entry for each sink.

variable "sinks" {
  description = <<-EOT
    Who gets the events of docs/events.md, by any key.
    pattern: an event pattern as JSON text; without it the sink gets every event of Rekbridge.
    target: exactly one of queue_arn, topic_arn, function_arn, event_bus_arn, api_destination_arn, in the home region and in this account; only
    a bus may be another account's. A queue's and a topic's own policy must admit the events: the output sink_policies has the statements.
  EOT
  type = map(object({
    pattern = optional(string)
    target  = map(string)
  }))
  default  = {}
  nullable = false
}

module "sinks" {
  source = "../sink"

  providers = {
    aws = aws.home
  }

  prefix      = var.prefix
  location    = local.locations.home
  kms_key_arn = var.kms_key_arns.home
  bus         = module.home.event_bus
  sinks       = var.sinks
  role        = { path = var.role_path, boundary = var.permissions_boundary }

  alarm = {
    actions   = local.alarm_actions.home
    threshold = var.alarms.dlq_messages
  }
}

output "sink_policies" {
  description = "For each sink that is a queue or a topic: the statement that its own policy needs, or every event ends in the sink's DLQ."
  value       = module.sinks.policies
}
