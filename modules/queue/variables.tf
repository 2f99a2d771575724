variable "name" {
  description = "Name of the queue; its dead-letter queue is called <name>-dead."
  type        = string
  nullable    = false
}

variable "place" {
  description = "Where the queue stands."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "reader_timeout_s" {
  description = "Timeout of the function that reads the queue: a message stays hidden for six of them."
  type        = number
  nullable    = false
}

variable "senders" {
  description = "AWS services that send to the queue, each for one source of this account only. Roles need no entry."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false
}
