# Where this is deployed, and what is missing there. Only this file and emulator_gaps.json know of emulators.

variable "target" {
  description = "Where to deploy: aws, or an emulator (ministack, localstack) at AWS_ENDPOINT_URL."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(local.targets, var.target)
    error_message = "${var.target} is not a target: choose one of ${join(", ", local.targets)}."
  }
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

locals {
  targets = ["aws", "ministack", "localstack"]

  # What an emulator lacks, why, and since which version: one table, which the tests read too.
  emulator_gaps = jsondecode(file("${path.module}/emulator_gaps.json"))

  target_supports = {
    for feature in ["alarms"] : feature => !anytrue([
      for gap in local.emulator_gaps : gap.feature == feature && gap.target == var.target
    ])
  }

  ephemeral = coalesce(var.ephemeral, var.target != "aws")
}
