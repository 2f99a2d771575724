# How much of an image is made anew before it leaves the home region.

variable "image_privacy" {
  description = <<-EOT
    headers: a JPEG or PNG that Rekognition reads itself is put together anew around its compressed picture, which stays as it is.
    reencode: every image is decoded and encoded again, so that not even the compressed data is the file's. It costs some fifty times the processor time of headers, and a little quality.
  EOT
  type        = string
  default     = "headers"
  nullable    = false

  validation {
    condition     = contains(["headers", "reencode"], var.image_privacy)
    error_message = "image_privacy is ${var.image_privacy}: choose headers (everything around the compressed picture is made anew) or reencode (the picture too)."
  }
}
