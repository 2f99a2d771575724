# Where images live, where they are analysed, and where they may be.

variable "home_region" {
  description = "Region where images and results live, like eu-west-3."
  type        = string
  nullable    = false

  validation {
    condition     = contains(keys(local.regions), var.home_region)
    error_message = "${var.home_region} is not an AWS region that Rekbridge knows: ${join(", ", keys(local.regions))}."
  }
}

variable "remote_region" {
  description = "Region that staged copies go to, like eu-west-1."
  type        = string
  nullable    = false

  validation {
    condition     = contains(keys(local.regions), var.remote_region)
    error_message = "${var.remote_region} is not an AWS region that Rekbridge knows: ${join(", ", keys(local.regions))}."
  }

  validation {
    condition     = var.remote_region != var.home_region
    error_message = "There is no bridge from ${var.home_region} to itself: call Rekognition there directly, or choose another remote_region."
  }

  validation {
    condition     = contains(var.allowed_regions, var.remote_region)
    error_message = "Staged copies would lie in ${var.remote_region}, which allowed_regions leaves out. It allows ${length(var.allowed_regions) > 0 ? join(", ", var.allowed_regions) : "none"}."
  }
}

variable "allowed_regions" {
  description = "Every region in which your residency rules allow an image to be analysed."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(var.allowed_regions, keys(local.regions))) == 0
    error_message = "No AWS region: ${join(", ", setsubtract(var.allowed_regions, keys(local.regions)))}. Rekbridge knows ${join(", ", keys(local.regions))}."
  }

  validation {
    condition     = alltrue([for region in var.allowed_regions : try(local.regions[region].partition == local.regions[var.home_region].partition, true)])
    error_message = "AWS partitions are not connected: from ${var.home_region} choose among ${join(", ", local.reachable)}."
  }
}

locals {
  regions = jsondecode(file("${path.module}/../handlers/rekbridge_lambda/domain/regions.json"))

  # In the home region's own partition.
  reachable = [for name, region in local.regions : name if region.partition == try(local.regions[var.home_region].partition, null)]

  place = { for role, name in { home = var.home_region, remote = var.remote_region } : role => {
    name       = name
    partition  = local.regions[name].partition
    opt_in     = local.regions[name].opt_in
    account_id = data.aws_caller_identity.this.account_id
  } }
}

# The first that is asked of AWS, and nothing is asked before the settings are as Rekognition takes them.
data "aws_caller_identity" "this" {
  provider = aws.home

  lifecycle {
    precondition {
      condition     = length(local.faults) == 0
      error_message = join("\n", local.faults)
    }

    postcondition {
      condition     = alltrue([for owner in values(local.model_owner) : owner == self.account_id])
      error_message = "Rekognition takes no model of another account than ${self.account_id}: ${jsonencode({ for name, owner in local.model_owner : name => owner if owner != self.account_id })}."
    }
  }
}

check "operations_are_not_called_past_home" {
  assert {
    condition = length(local.called_past_home) == 0
    error_message = join(" ", [
      "${var.home_region} has ${join(", ", local.called_past_home)} itself.",
      "Let them go by bytes, and leave ${var.home_region} in their regions: then only what its quota cannot take leaves home.",
    ])
  }
}
