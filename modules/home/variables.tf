variable "prefix" {
  description = "Name prefix of every resource."
  type        = string
  nullable    = false
}

variable "location" {
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
  description = "Exports of the bridge: the queue that gets a notification for every staged copy."
  type = object({
    arn      = string
    url      = string
    dlq_name = string
    dlq_arn  = string
    dlq_url  = string
  })
  nullable = false
}

variable "ids_secret" {
  description = "Exports of the secret that keys the ids of images: who sees only an id cannot test a list of owners or of pictures."
  type        = object({ id = string, arn = string })
  nullable    = false
}

variable "operations" {
  description = "Operations for every image, by catalog name: the API action, how an image is transferred, calls a second by region, and the maximum Lambda concurrency."
  type = map(object({
    action      = string
    transfer    = string
    regions     = map(object({ tps = number, weight = number }))
    settings    = string
    concurrency = number
  }))
  nullable = false
}

variable "api" {
  description = "Operations that the REST API offers, by catalog name, how many requests a second it admits of all callers and of one, and the ARNs of callers that may name the keys of every owner."
  type = object({
    operations = map(object({
      action   = string
      regions  = map(object({ tps = number, weight = number }))
      settings = string
    }))
    throttle        = object({ per_second = number, burst = number })
    caller_throttle = object({ per_second = number, burst = number })
    trusted_callers = optional(list(string), [])
  })
  nullable = false
}

variable "worker_share" {
  description = "The part of every quota that is guaranteed to ANALYZE; the rest is guaranteed to API."
  type        = number
  nullable    = false
}

variable "function_settings" {
  description = "Changes to the defaults in function_settings.tf, by function."
  type = map(object({
    timeout_s   = optional(number)
    memory_mb   = optional(number)
    concurrency = optional(number)
  }))
  default  = {}
  nullable = false
}

variable "image_privacy" {
  description = "headers (everything around the compressed picture is made anew) or reencode (the picture too)."
  type        = string
  default     = "headers"
  nullable    = false
}

variable "alarms" {
  description = "Thresholds by kind of alarm: an alarm fires when its metric is greater."
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
}

variable "sweep" {
  description = "Seconds after which SWEEP enqueues a pending run again, and after which it deletes a staged copy."
  type = object({
    stale_after_s = number
    staging_ttl_s = number
  })
  nullable = false
}

variable "deployment" {
  description = "Properties of the deployment: packages (a folder, or objects in a bucket), roles, log level, whether it may be destroyed with its data, and the ARNs that alarms notify (null: the target has no alarms)."
  type = object({
    package_dir   = optional(string)
    packages      = optional(map(object({ bucket = string, key = string, sha256 = string })))
    architecture  = string
    role          = object({ path = string, boundary = optional(string) })
    log_level     = optional(string, "INFO")
    ephemeral     = bool
    alarm_actions = optional(list(string))
  })
  nullable = false
}

variable "organisation" {
  description = <<-EOT
    What your organisation requires (modules/rekbridge/organisation.tf describes it): network of every function, whether the API is
    private and its VPC endpoints, key of everything in the home region, key of staged copies, and the logs. null or empty: as AWS does it by default.
  EOT
  type = object({
    network = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
    private_api          = optional(bool, false)
    api_vpc_endpoint_ids = optional(set(string), [])
    kms_key_arn          = optional(string)
    staging_key          = optional(object({ arn = string, region = string }))
    log_retention_days   = optional(number, 30)
    log_destination = optional(object({
      arn            = string
      role_arn       = optional(string)
      filter_pattern = optional(string, "")
    }))
  })
  default  = {}
  nullable = false
}
