# Both are in the file packages.auto.tfvars.json that `rekbridge package --upload` writes.

variable "packages" {
  description = "The released zip of each function."
  type        = map(object({ bucket = string, key = string, sha256 = string }))
}

variable "architecture" {
  description = "The architecture that the zips were built for."
  type        = string
}
