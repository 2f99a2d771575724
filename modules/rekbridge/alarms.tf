# When an alarm fires, and where it is sent.

variable "alarms" {
  description = <<-EOT
    Thresholds by kind of alarm. An alarm fires when its metric is greater than the threshold; the default of each is 0.
    dlq_messages: messages that wait in a dead-letter queue, for each DLQ.
    function_errors, function_throttles: failed and throttled invocations in 5 minutes, for each function, three times in a row.
    circuits_opened: circuit breakers that opened in 5 minutes.
    api_5xx: responses of the REST API with a status of 500 or more in 5 minutes, three times in a row.
    stalled_runs: runs that wait for an operation for longer than stale_after_s while no answer of it is stored, in three periods of 5 minutes in a row, for each operation.
  EOT
  type = object({
    dlq_messages       = optional(number, 0)
    function_errors    = optional(number, 0)
    function_throttles = optional(number, 0)
    circuits_opened    = optional(number, 0)
    api_5xx            = optional(number, 0)
    stalled_runs       = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarms) : threshold >= 0])
    error_message = "An alarm's threshold is 0 or more, but ${join(", ", [for name, threshold in var.alarms : "${name} is ${threshold}" if threshold < 0])}."
  }
}

variable "alarm_topics" {
  description = "ARNs of the SNS topics that alarms notify. An alarm can only notify a topic of its own region: home and remote need one each."
  type = object({
    home   = optional(string)
    remote = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for role, region in { home = var.home_region, remote = var.remote_region } :
      var.alarm_topics[role] == null || can(regex("^arn:[a-z-]+:sns:${region}:[0-9]{12}:", var.alarm_topics[role]))
    ])
    error_message = "An alarm can only notify an SNS topic of its own region: set alarm_topics.home to the ARN of a topic in ${var.home_region}, alarm_topics.remote to one in ${var.remote_region}."
  }
}

locals {
  # null: the target has no alarms.
  alarm_actions = { for role, topic in var.alarm_topics : role => local.target_supports.alarms ? compact([topic]) : null }
}
