# How long an image may wait.

variable "longest_stay_h" {
  description = "Hours after which SWEEP takes a staged copy away, whatever became of its analysis. The bucket itself expires it after a day."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.longest_stay_h > 0 && var.longest_stay_h <= 24
    error_message = "A staged copy stays for at most 24 hours, not ${var.longest_stay_h}: then the bucket expires it."
  }
}

variable "patience_s" {
  description = "Seconds that an image may be pending before SWEEP sends it again."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.patience_s >= 1 && var.patience_s < var.longest_stay_h * 3600
    error_message = "SWEEP must send an image again before it takes its staged copy away: 1-${floor(var.longest_stay_h * 3600) - 1} seconds, not ${var.patience_s}."
  }
}
