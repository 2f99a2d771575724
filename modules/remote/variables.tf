variable "prefix" {
  description = "Start of every name."
  type        = string
  nullable    = false
}

variable "place" {
  description = "The remote region (a row of regions.json) and the account."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "throw_away" {
  description = "Whether the stack may be destroyed with what is in it."
  type        = bool
  nullable    = false
}
