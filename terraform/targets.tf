# Where this is deployed, and what is missing there. The only place that knows of emulators.

variable "target" {
  description = "What answers: aws, or a throw-away emulator (ministack, localstack) reached by AWS_ENDPOINT_URL."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(keys(local.lacks), var.target)
    error_message = "${var.target} is not a target: choose ${join(", ", keys(local.lacks))}."
  }
}

locals {
  # target -> feature -> why it is left out there
  lacks = {
    aws = {}

    ministack = {
      alarms = "1.5.33 has no SQS or EMF metrics, so that no alarm ever changes, and reads alarms back without dimensions: every plan would change them all."
    }

    localstack = {}
  }

  has = { for feature in ["alarms"] : feature => !contains(keys(local.lacks[var.target]), feature) }

  # Nothing on an emulator outlives it: buckets go with what is in them, tables are not protected.
  emulated = var.target != "aws"
}
