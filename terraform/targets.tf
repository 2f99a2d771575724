# Where this is deployed, and what is missing there. Only this file knows of emulators.

variable "target" {
  description = "Where to deploy: aws, or an emulator (ministack, localstack) at AWS_ENDPOINT_URL, whose resources are ephemeral."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(local.targets, var.target)
    error_message = "${var.target} is not a target: choose one of ${join(", ", local.targets)}."
  }
}

locals {
  targets = ["aws", "ministack", "localstack"]

  # What an emulator lacks, why, and since which version: one table, which the tests read too.
  emulator_gaps = jsondecode(file("${path.module}/emulator_gaps.json"))

  target_supports = {
    for feature in ["alarms"] : feature => !anytrue([
      for gap in local.emulator_gaps : gap.feature == feature && gap.target == var.target
    ])
  }

  # Resources on an emulator are ephemeral: buckets are deleted with their objects, tables have no deletion protection.
  is_emulator = var.target != "aws"
}
