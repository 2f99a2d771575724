variable "place" {
  description = "Where the queues stand."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "queues" {
  description = <<-EOT
    Queues by any key; the dead-letter queue is called <name>-dead.
    reader_timeout_s: timeout of the function that reads it; a message stays hidden for six of them.
    senders: AWS services that send to it, each for one source of this account only. Roles need no entry.
  EOT
  type = map(object({
    name             = string
    reader_timeout_s = number
    senders          = optional(map(object({ service = string, source_arn = string })), {})
  }))
  nullable = false
}
