# Where images are stored, where they may be analysed, and where staged copies go.

variable "home_region" {
  description = "Region where images and results are stored, like eu-west-3."
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
    error_message = "remote_region and home_region are both ${var.home_region}: call Rekognition there directly, or choose another remote_region."
  }

  validation {
    condition     = contains(var.allowed_regions, var.remote_region)
    error_message = "Staged copies would be stored in ${var.remote_region}, which allowed_regions does not allow. It allows ${length(var.allowed_regions) > 0 ? join(", ", var.allowed_regions) : "none"}."
  }
}

variable "allowed_regions" {
  description = "Every region in which your residency rules allow an image to be analysed."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(var.allowed_regions, keys(local.regions))) == 0
    error_message = "allowed_regions names unknown regions: ${join(", ", setsubtract(var.allowed_regions, keys(local.regions)))}. Rekbridge knows ${join(", ", keys(local.regions))}."
  }

  validation {
    condition     = alltrue([for region in var.allowed_regions : try(local.regions[region].partition == local.regions[var.home_region].partition, true)])
    error_message = "A deployment stays within one AWS partition: with home_region ${var.home_region} choose among ${join(", ", local.partition_regions)}."
  }
}

locals {
  regions = jsondecode(file("${path.module}/../../handlers/rekbridge_lambda/domain/regions.json"))

  # Regions of the home region's partition.
  partition_regions = [for name, region in local.regions : name if region.partition == try(local.regions[var.home_region].partition, null)]

  locations = { for role, name in { home = var.home_region, remote = var.remote_region } : role => {
    name       = name
    partition  = local.regions[name].partition
    opt_in     = local.regions[name].opt_in
    account_id = data.aws_caller_identity.this.account_id
  } }
}

# The first request to AWS. It is not sent before the settings of all operations are valid.
data "aws_caller_identity" "this" {
  provider = aws.home

  lifecycle {
    precondition {
      condition     = length(local.setting_errors) == 0
      error_message = join("\n", local.setting_errors)
    }

    precondition {
      condition     = length(local.package_errors) == 0
      error_message = join("\n", local.package_errors)
    }

    postcondition {
      condition     = var.account_id == null || var.account_id == self.account_id
      error_message = "The credentials are for the account ${self.account_id}, but account_id is ${coalesce(var.account_id, "null")}. Use credentials of that account; nothing was changed."
    }

    postcondition {
      condition     = alltrue([for account in values(local.model_arn_account) : account == self.account_id])
      error_message = "A custom model must belong to the account ${self.account_id}; these do not: ${jsonencode({ for name, account in local.model_arn_account : name => account if account != self.account_id })}."
    }
  }
}

check "home_region_is_used_where_it_has_the_operation" {
  assert {
    condition = length(local.operations_bypassing_home) == 0
    error_message = join(" ", [
      "${var.home_region} itself has ${join(", ", local.operations_bypassing_home)}, but would not be used for it.",
      "Set its transfer to bytes and keep ${var.home_region} in its regions: then only calls beyond the quota of ${var.home_region} leave it.",
    ])
  }
}
