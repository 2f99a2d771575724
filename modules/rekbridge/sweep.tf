# When SWEEP enqueues an image again, and when it deletes a staged copy.

variable "staging_ttl_h" {
  description = "Hours after which SWEEP deletes a staged copy, whether it was analysed or not. The bucket itself expires it after a day."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.staging_ttl_h > 0 && var.staging_ttl_h <= 24
    error_message = "staging_ttl_h is ${var.staging_ttl_h}: set more than 0 and at most 24 hours, because the bucket expires staged copies after a day."
  }
}

variable "stale_after_s" {
  description = "Seconds that an image may be pending before SWEEP enqueues it again."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.stale_after_s >= 1 && var.stale_after_s < var.staging_ttl_h * 3600
    error_message = "stale_after_s is ${var.stale_after_s}: set 1-${floor(var.staging_ttl_h * 3600) - 1} seconds, so that SWEEP enqueues an image again before it deletes the staged copy (staging_ttl_h)."
  }
}
