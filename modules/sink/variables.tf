variable "prefix" {
  description = "Name prefix of every resource: the sink `key` is called <prefix>-sink-<key>."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Region, partition and account of the event bus."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "bus" {
  description = "Name of the event bus whose events the sinks get."
  type        = string
  nullable    = false
}

variable "sinks" {
  description = <<-EOT
    Who gets which events, by any key.
    pattern: an event pattern as JSON text; without it the sink gets every event of Rekbridge.
    target: exactly one of queue_arn, topic_arn, function_arn, event_bus_arn, api_destination_arn. It may be an ARN that this apply creates.
  EOT
  type = map(object({
    pattern = optional(string, "{\"source\":[\"rekbridge\"]}")
    target  = map(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.sinks) : can(regex("^[a-z][a-z0-9-]{0,23}[a-z0-9]$", key))])
    error_message = "The name of a sink is part of other names: use 2-25 of a-z, 0-9 and -, with a letter first and no - at the end, not ${join(", ", [for key in keys(var.sinks) : key if !can(regex("^[a-z][a-z0-9-]{0,23}[a-z0-9]$", key))])}."
  }

  validation {
    condition     = alltrue([for sink in var.sinks : length(sink.target) == 1 && length(setsubtract(keys(sink.target), keys(local.arn_forms))) == 0])
    error_message = "The target of a sink has exactly one of ${join(", ", keys(local.arn_forms))}; ${join("; ", [for key, sink in var.sinks : "${key} has ${join(", ", keys(sink.target))}" if length(sink.target) != 1 || length(setsubtract(keys(sink.target), keys(local.arn_forms))) > 0])}. For a second target, add a second sink."
  }

  validation {
    condition = alltrue([for sink in var.sinks : alltrue([for kind, arn in sink.target : can(regex("^${local.arn_forms[kind]}$", arn)) if contains(keys(local.arn_forms), kind)])])
    error_message = join("\n", flatten([for key, sink in var.sinks : [for kind, arn in sink.target :
      "${kind} of the sink ${key} is ${arn}: it must match ${local.arn_forms[kind]}. A target is in ${var.location.name}, because events do not leave the home region, and in the account ${var.location.account_id}: for another account or region, name an event bus of that account in ${var.location.name}, whose own rules may send the events on."
      if contains(keys(local.arn_forms), kind) && !can(regex("^${try(local.arn_forms[kind], "")}$", arn))
    ]]))
  }

  validation {
    condition     = alltrue([for sink in var.sinks : lookup(sink.target, "event_bus_arn", "") != local.bus_arn])
    error_message = "A sink's event_bus_arn is ${var.bus} itself: every event would go round for ever. Name another bus."
  }

  validation {
    condition     = alltrue([for sink in var.sinks : can(keys(jsondecode(sink.pattern)))])
    error_message = "The pattern of ${join(", ", [for key, sink in var.sinks : key if !can(keys(jsondecode(sink.pattern)))])} is no JSON object. Write jsonencode({ source = [\"rekbridge\"], detail = { status = [\"done\"] } })."
  }

  validation {
    condition = alltrue([for sink in var.sinks :
      length(setsubtract(try(keys(jsondecode(sink.pattern)), []), local.event_fields)) + length(setsubtract(try(keys(jsondecode(sink.pattern).detail), []), local.detail_fields)) == 0
    ])
    error_message = join("\n", [for key, sink in var.sinks :
      "The pattern of ${key} would match nothing, because no event has ${join(", ", concat(tolist(setsubtract(try(keys(jsondecode(sink.pattern)), []), local.event_fields)), [for field in setsubtract(try(keys(jsondecode(sink.pattern).detail), []), local.detail_fields) : "detail.${field}"]))}. An event has ${join(", ", local.event_fields)}; its detail has ${join(", ", local.detail_fields)}."
      if length(setsubtract(try(keys(jsondecode(sink.pattern)), []), local.event_fields)) + length(setsubtract(try(keys(jsondecode(sink.pattern).detail), []), local.detail_fields)) > 0
    ])
  }
}

variable "role" {
  description = "What your organisation requires of every role: a path, and the ARN of a permissions boundary (null: none)."
  type = object({
    path     = optional(string, "/")
    boundary = optional(string)
  })
  default  = {}
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of a KMS key of the region that encrypts the DLQs (null: SQS's own)."
  type        = string
  default     = null
  nullable    = true
}

variable "alarm" {
  description = "The alarm of each sink's DLQ. actions: ARNs to notify (null: the target has no alarms); threshold: it fires when more messages wait."
  type = object({
    actions   = optional(list(string))
    threshold = optional(number, 0)
  })
  nullable = false
}
