variable "prefix" {
  description = "Name prefix of every resource."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The remote region (a row of regions.json) and the account."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "ephemeral" {
  description = "Whether the stack may be destroyed with the data in it."
  type        = bool
  nullable    = false
}
