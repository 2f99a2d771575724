# Written by `rekbridge terraform fmt` from modules/rekbridge. Change it there, where the rules are, too.

variable "account_concurrency" {
  description = "Concurrent Lambda executions that the account has in the home region (Service Quotas: Concurrent executions)."
  type        = number
  default     = 1000
  nullable    = false
}

variable "account_id" {
  description = "The account that this deployment belongs to. Any other account is refused, whatever the credentials are."
  type        = string
  default     = null
  nullable    = true
}

variable "alarm_topics" {
  description = "ARNs of the SNS topics that alarms notify. An alarm can only notify a topic of its own region: home and remote need one each."
  type = object({
    home   = optional(string)
    remote = optional(string)
  })
  default  = {}
  nullable = false
}

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
}

variable "allowed_regions" {
  description = "Every region in which your residency rules allow an image to be analysed."
  type        = set(string)
  nullable    = false
}

variable "api_caller_throttle" {
  description = <<-EOT
    Requests a second that one caller (an IAM user, or a role whatever its session) may send to POST /analyze and POST /uploads, and how
    many at once; further requests get 429. Default: half of api_throttle, so that one caller leaves half of it to the others.
  EOT
  type = object({
    per_second = optional(number)
    burst      = optional(number)
  })
  default  = {}
  nullable = false
}

variable "api_operations" {
  description = <<-EOT
    What the REST API offers beyond `operations`, by catalog name: operations that no upload runs, or other regions for one that uploads run.
    regions: where the API may call the operation, in place of its regions in `operations` (default: every allowed region that has it).
    An operation of `operations` that is not named here is offered in exactly its regions there; a staged one in remote_region, because
    its images may go nowhere else.
  EOT
  type = map(object({
    regions = optional(set(string))
  }))
  default  = {}
  nullable = false
}

variable "api_throttle" {
  description = <<-EOT
    Requests a second that the REST API admits, and the size of a burst; further requests get 429.
    While every region is at its rate limit, a request retries for about 11 seconds: 50 requests a second are then about 550
    concurrent invocations, out of those that the account has for everything in the home region (account_concurrency).
  EOT
  type = object({
    per_second = optional(number, 50)
    burst      = optional(number, 100)
  })
  default  = {}
  nullable = false
}

variable "api_trusted_callers" {
  description = <<-EOT
    ARNs of the callers of the REST API that may name the keys of every owner. Any other caller reaches its own prefix only: keys that begin
    with role-<name>/ or user-<name>/. Name a role by its own ARN, not by that of a session: arn:aws:iam::123456789012:role/Uploader.
    "anonymous" is a caller without a signature, which only an emulator admits.
  EOT
  type        = list(string)
  default     = []
  nullable    = false
}

variable "architecture" {
  description = "Architecture that the zips were built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "ephemeral" {
  description = <<-EOT
    Whether the deployment may be destroyed with the images, results and messages in it. Default: false on AWS, true on an emulator.
    An ephemeral deployment has buckets that are deleted with their objects, and tables without deletion protection.
  EOT
  type        = bool
  default     = null
  nullable    = true
}

variable "function_settings" {
  description = "Changes to the defaults in modules/home/function_settings.tf, by function: ingest, bridge, analyze, route, sweep, api."
  type = map(object({
    timeout_s   = optional(number)
    memory_mb   = optional(number)
    concurrency = optional(number)
  }))
  default  = {}
  nullable = false
}

variable "home_region" {
  description = "Region where images and results are stored, like eu-west-3."
  type        = string
  nullable    = false
}

variable "ids_secret_arn" {
  description = <<-EOT
    ARN of an existing secret in the home region for the ids of images. Without it, the deployment creates a secret of its own. Set it to
    keep the ids when a deployment is created again with its old secret and its old library table. With another value, every image is
    analysed and paid for again. A deployment that has created its own secret refuses it: the plan would destroy that one. It must be
    known when planning.
  EOT
  type        = string
  default     = null
  nullable    = true
}

variable "image_privacy" {
  description = <<-EOT
    headers: a JPEG or PNG that Rekognition reads itself is put together anew around its compressed picture, which stays as it is.
    reencode: every image is decoded and encoded again, so that not even the compressed data is the file's. It costs some fifty times the processor time of headers, and a little quality.
  EOT
  type        = string
  default     = "headers"
  nullable    = false
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
}

variable "log_level" {
  description = "The lowest level that every function logs: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "log_retention_days" {
  description = "Days until a log line expires, in every log group."
  type        = number
  default     = 30
  nullable    = false
}

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
}

variable "operations" {
  description = <<-EOT
    Operations for every image, by catalog name (handlers/rekbridge_lambda/domain/operations.json).
    transfer: bytes (nothing is stored outside the home region) or staged (a temporary copy in the remote region).
    regions: where the operation may be called (default: every allowed region that has it, the home region included).
    settings: parameters of the API action; a list or an object as JSON text.
  EOT
  type = map(object({
    transfer = optional(string, "bytes")
    regions  = optional(set(string))
    settings = optional(map(string), {})
  }))
  nullable = false
}

variable "package_dir" {
  description = "Folder of the zips that `make package` builds (one for each function). Either this or packages."
  type        = string
  default     = null
  nullable    = true
}

variable "packages" {
  description = <<-EOT
    Released zips, for each of the functions ingest, bridge, analyze, route, sweep, api: so that a root builds nothing. Either this or package_dir.
    `rekbridge package --upload s3://<bucket>/<prefix>` uploads them and writes the value of this variable.
    bucket: a bucket in the home region, which Lambda requires. key: the zip's key. sha256: its SHA-256 in base64, as Lambda's CodeSha256 and
    S3's checksum are; base64 of `sha256sum`: openssl dgst -sha256 -binary <zip> | base64.
  EOT
  type = map(object({
    bucket = string
    key    = string
    sha256 = string
  }))
  default  = null
  nullable = true
}

variable "permissions_boundary" {
  description = "ARN of the policy that is the permissions boundary of every role, if your organisation requires one."
  type        = string
  default     = null
  nullable    = true
}

variable "prefix" {
  description = "Name prefix of every resource. No other deployment of the account may use it; bucket names also contain the account and the region."
  type        = string
  default     = "rekbridge"
  nullable    = false
}

variable "quotas" {
  description = "Calls a second by region and API action, where they differ from AWS's defaults (handlers/rekbridge_lambda/domain/regions.json): `rekbridge quotas refresh` writes them."
  type        = map(map(number))
  default     = {}
  nullable    = false
}

variable "remote_region" {
  description = "Region that staged copies go to, like eu-west-1."
  type        = string
  nullable    = false
}

variable "role_path" {
  description = "Path of every role, if your organisation requires one."
  type        = string
  default     = "/"
  nullable    = false
}

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

variable "staging_ttl_h" {
  description = "Hours after which SWEEP deletes a staged copy, whether it was analysed or not. The bucket itself expires it after a day."
  type        = number
  default     = 24
  nullable    = false
}

variable "stale_after_s" {
  description = "Seconds that an image may be pending before SWEEP enqueues it again."
  type        = number
  default     = 900
  nullable    = false
}

variable "target" {
  description = "Where to deploy: aws, or an emulator (ministack, localstack) at AWS_ENDPOINT_URL."
  type        = string
  default     = "aws"
  nullable    = false
}

variable "weights" {
  description = "Factor for a region's share of the calls that the home region cannot take (default 1); otherwise shares follow the quotas."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "worker_share" {
  description = <<-EOT
    The part of every quota that is guaranteed to uploads; the rest is guaranteed to the REST API. What one does not use, the other may.
    So neither waits for the other's backlog, however much is sent.
  EOT
  type        = number
  default     = 0.5
  nullable    = false
}
