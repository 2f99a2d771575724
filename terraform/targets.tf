# Where this is deployed, and what is missing there. The only place that knows of emulators.

variable "target" {
  description = "What answers: aws, or a throw-away emulator (ministack, localstack) reached by AWS_ENDPOINT_URL."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(local.targets, var.target)
    error_message = "${var.target} is not a target: choose ${join(", ", local.targets)}."
  }
}

locals {
  targets = ["aws", "ministack", "localstack"]

  # What a target cannot do, why, and which version it was found in: one table, which the tests read too.
  gaps = jsondecode(file("${path.module}/gaps.json"))

  has = {
    for feature in ["alarms"] : feature => !anytrue([
      for gap in local.gaps : gap.feature == feature && gap.target == var.target
    ])
  }

  # Nothing on an emulator outlives it: buckets go with what is in them, tables are not protected.
  emulated = var.target != "aws"
}
