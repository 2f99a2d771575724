# What your organisation requires of every resource of its kind: a network, keys, logs. docs/organisation.md has the whole list.
# Tags are set by the root module (terraform/tags.tf), a path and a boundary of roles in variables.tf.

variable "network" {
  description = <<-EOT
    Subnets and security groups of your VPC in the home region, for every function (default: no VPC). docs/organisation.md lists the endpoints
    that the VPC needs. private_api: the REST API is reached only from the VPC endpoints (execute-api) in api_vpc_endpoint_ids.
  EOT
  type = object({
    subnet_ids           = set(string)
    security_group_ids   = set(string)
    private_api          = optional(bool, false)
    api_vpc_endpoint_ids = optional(set(string), [])
  })
  default  = null
  nullable = true

  validation {
    condition     = var.network == null || alltrue([for id in coalesce(try(var.network.subnet_ids, null), []) : can(regex("^subnet-[0-9a-z]+$", id))]) && try(length(var.network.subnet_ids), 1) > 0
    error_message = "network.subnet_ids needs at least one id like subnet-0123456789abcdef0, better one of each of two availability zones; it has ${try(length(var.network.subnet_ids) > 0 ? join(", ", var.network.subnet_ids) : "none", "none")}."
  }

  # AWS: a function has at most five security groups.
  validation {
    condition     = var.network == null || alltrue([for id in coalesce(try(var.network.security_group_ids, null), []) : can(regex("^sg-[0-9a-z]+$", id))]) && try(length(var.network.security_group_ids), 1) >= 1 && try(length(var.network.security_group_ids), 1) <= 5
    error_message = "network.security_group_ids needs one to five ids like sg-0123456789abcdef0; it has ${try(length(var.network.security_group_ids) > 0 ? join(", ", var.network.security_group_ids) : "none", "none")}."
  }

  validation {
    condition     = try(var.network.private_api, false) == (try(length(var.network.api_vpc_endpoint_ids), 0) > 0) && alltrue([for id in try(var.network.api_vpc_endpoint_ids, []) : can(regex("^vpce-[0-9a-z]+$", id))])
    error_message = "private_api and api_vpc_endpoint_ids belong together: set private_api = true and name at least one VPC endpoint for execute-api, like vpce-0123456789abcdef0, or leave both out for a public address."
  }
}

variable "kms_key_arns" {
  description = <<-EOT
    ARNs of your KMS keys. home: buckets, tables, queues, logs, event bus, secret and environment variables in the home region. remote: staged
    copies, notifications and their DLQ in the remote region. Default: keys of AWS, and one key of the deployment for the remote topic.
    The output required_key_policies has the statements that the policy of each key needs before the first deploy with it. remote must be
    known when planning: a key that the same root creates is created first (-target), or named by a variable.
  EOT
  type = object({
    home   = optional(string)
    remote = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for role, region in { home = var.home_region, remote = var.remote_region } :
      var.kms_key_arns[role] == null || can(regex("^arn:[a-z-]+:kms:${region}:[0-9]{12}:key/[0-9a-z-]+$", var.kms_key_arns[role]))
    ])
    error_message = "A resource can only use a key of its own region: set kms_key_arns.home to arn:aws:kms:${var.home_region}:<account>:key/<id> and kms_key_arns.remote to arn:aws:kms:${var.remote_region}:<account>:key/<id>. An alias does not do: policies name keys."
  }
}

variable "log_retention_days" {
  description = "Days until a log line expires, in every log group."
  type        = number
  default     = 30
  nullable    = false

  # CloudWatch Logs, PutRetentionPolicy.
  validation {
    condition     = contains(local.retention_choices, var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch Logs has ${join(", ", local.retention_choices)}."
  }
}

variable "log_destination" {
  description = <<-EOT
    Where every log line is sent as well (default: nowhere): the ARN of a Kinesis stream, a Firehose stream, a Lambda function or a CloudWatch
    Logs destination in the home region. role_arn: the role with which CloudWatch Logs writes to Kinesis or Firehose, or sends to a
    destination that admits an organisation. filter_pattern: which lines are sent (default: all). A Lambda function must itself admit
    logs.amazonaws.com.
  EOT
  type = object({
    arn            = string
    role_arn       = optional(string)
    filter_pattern = optional(string, "")
  })
  default  = null
  nullable = true

  validation {
    condition = var.log_destination == null || can(
      regex("^arn:[a-z-]+:((kinesis|firehose|lambda):${var.home_region}:[0-9]{12}:.|logs:${var.home_region}:[0-9]{12}:destination:.)", var.log_destination.arn)
    )
    error_message = "log_destination.arn is ${try(var.log_destination.arn, "null")}: name a Kinesis stream, a Firehose stream, a Lambda function or a CloudWatch Logs destination (arn:aws:logs:${var.home_region}:<account>:destination:<name>) in ${var.home_region}, where the log groups are."
  }

  validation {
    condition     = var.log_destination == null || try(var.log_destination.role_arn, null) != null || !can(regex("^arn:[a-z-]+:(kinesis|firehose):", var.log_destination.arn))
    error_message = "log_destination.role_arn is missing: for a Kinesis or Firehose stream, name the role with which CloudWatch Logs writes to the stream."
  }

  validation {
    condition     = var.log_destination == null || try(var.log_destination.role_arn, null) == null || !can(regex("^arn:[a-z-]+:lambda:", var.log_destination.arn))
    error_message = "log_destination.role_arn is of no use for a Lambda function: leave it out, and admit logs.amazonaws.com in the function's own policy."
  }
}

locals {
  retention_choices = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

  organisation = {
    network              = var.network
    private_api          = try(var.network.private_api, false)
    api_vpc_endpoint_ids = try(var.network.api_vpc_endpoint_ids, [])
    kms_key_arn          = var.kms_key_arns.home
    staging_key          = var.kms_key_arns.remote == null ? null : { arn = var.kms_key_arns.remote, region = var.remote_region }
    log_retention_days   = var.log_retention_days
    log_destination      = var.log_destination
  }
}
