variable "prefix" {
  description = "Start of every name."
  type        = string
  nullable    = false
}

variable "place" {
  description = "The home region (a row of regions.json) and the account."
  type = object({
    name       = string
    partition  = string
    account_id = string
  })
  nullable = false
}

variable "remote" {
  description = "Exports of the remote stack."
  type = object({
    region  = string
    staging = object({ name = string, arn = string })
  })
  nullable = false
}

variable "bridge" {
  description = "Exports of the bridge: the queue on which staged copies report."
  type = object({
    arn       = string
    url       = string
    dead_name = string
    dead_arn  = string
    dead_url  = string
  })
  nullable = false
}

variable "operations" {
  description = "What is analysed, by catalog name: the API action, the way to it, calls a second by region, and how many at a time that feeds."
  type = map(object({
    action      = string
    way         = string
    regions     = map(object({ tps = number, weight = number }))
    settings    = string
    concurrency = number
  }))
  nullable = false
}

variable "api" {
  description = "What may be asked for directly, by catalog name, and how many requests a second the REST API admits."
  type = object({
    operations = map(object({
      action   = string
      regions  = map(object({ tps = number, weight = number }))
      settings = string
    }))
    throttle = object({ per_second = number, burst = number })
  })
  nullable = false
}

variable "limits" {
  description = "What differs from limits.tf, by function."
  type = map(object({
    timeout_s   = optional(number)
    memory_mb   = optional(number)
    concurrency = optional(number)
  }))
  default  = {}
  nullable = false
}

variable "patience" {
  description = "Seconds after which SWEEP sends again what is pending, and takes away a staged copy."
  type = object({
    pending_s      = number
    longest_stay_s = number
  })
  nullable = false
}

variable "deployment" {
  description = "How this target is deployed: packages, roles, whether it is throw-away, and whom alarms tell (null: it has no alarms)."
  type = object({
    package_dir   = string
    architecture  = string
    role          = object({ path = string, boundary = optional(string) })
    throw_away    = bool
    alarm_actions = optional(list(string))
  })
  nullable = false
}
