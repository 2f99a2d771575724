# The zip: a file of this machine, or an object in a bucket of the function's region.

locals {
  object = var.package.objects == null ? null : var.package.objects[var.package.entrypoint]
  zip    = var.package.dir == null ? null : "${var.package.dir}/${var.package.entrypoint}.zip"
  sha256 = local.object != null ? local.object.sha256 : local.zip != null ? filebase64sha256(local.zip) : ""

  # Eight digits of base64 are 48 bits, and so are twelve hexadecimal ones: those that `sha256sum` begins with.
  base64_digits = split("", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  version       = local.sha256 == "" ? "" : format("%012x", parseint(join("", [for digit in split("", substr(local.sha256, 0, 8)) : format("%06b", index(local.base64_digits, digit))]), 2))
}
