# Where the Lambdas' zips come from: a folder of this machine, or released zips in a bucket.

variable "package_dir" {
  description = "Folder of the zips that `make package` builds (one for each function). Either this or packages."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.package_dir == null || alltrue([for name in local.function_names : fileexists("${coalesce(var.package_dir, "none")}/${name}.zip")])
    error_message = "Zips are missing in ${coalesce(var.package_dir, "none")}: build them with `make package`."
  }
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

  validation {
    condition     = var.packages == null || toset(keys(coalesce(var.packages, {}))) == toset(local.function_names)
    error_message = "packages names ${join(", ", keys(coalesce(var.packages, {})))}: it needs exactly ${join(", ", local.function_names)}, because all functions are of one release."
  }

  validation {
    condition     = alltrue([for package in coalesce(var.packages, {}) : can(regex("^[A-Za-z0-9+/]{43}=$", package.sha256))])
    error_message = "The sha256 of ${join(", ", [for name, package in coalesce(var.packages, {}) : name if !can(regex("^[A-Za-z0-9+/]{43}=$", package.sha256))])} is no SHA-256 in base64 (44 characters, as Lambda's CodeSha256). From the zip: openssl dgst -sha256 -binary <zip> | base64. From hex digits: printf %s <digits> | xxd -r -p | base64."
  }

  validation {
    condition     = alltrue([for package in coalesce(var.packages, {}) : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", package.bucket)) && package.key != ""])
    error_message = "Each of packages needs the name of a bucket in the home region (not its ARN or URL), and the key of the zip."
  }
}

variable "architecture" {
  description = "Architecture that the zips were built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is ${var.architecture}: Lambda has arm64 and x86_64."
  }

  # On an emulator, functions run on the processor of its machine.
  validation {
    condition     = var.target != "aws" || !contains(["arm64", "x86_64"], var.architecture) || contains(try(local.regions[var.home_region].architectures, [var.architecture]), var.architecture)
    error_message = "It is not confirmed that Lambda has ${var.architecture} in ${var.home_region}: set architecture to ${try(join(" or ", local.regions[var.home_region].architectures), "x86_64")} (rekbridge deploy --architecture), or add ${var.architecture} to its architectures in regions.json once AWS's price list of Lambda has it there."
  }
}

locals {
  function_names = ["ingest", "bridge", "analyze", "route", "sweep", "api"]

  # Not a validation: `terraform console`, which evaluates an operator's variables, has neither.
  package_errors = [for given in [length([for source in [var.package_dir, var.packages] : source if source != null])] :
    "${given == 0 ? "Neither package_dir nor packages is set" : "package_dir and packages are both set"}: set package_dir to the folder that `make package` builds (rekbridge deploy does so itself), or packages to released zips in a bucket. One of them." if given != 1
  ]
}
