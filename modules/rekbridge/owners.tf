# Who may name whose keys, and the secret that keys the ids of everybody's images.

variable "api_trusted_callers" {
  description = <<-EOT
    ARNs of the callers of the REST API that may name the keys of every owner. Any other caller reaches its own prefix only: keys that begin
    with role-<name>/ or user-<name>/. Name a role by its own ARN, not by that of a session: arn:aws:iam::123456789012:role/Uploader.
    "anonymous" is a caller without a signature, which only an emulator admits.
  EOT
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([for arn in var.api_trusted_callers :
      can(regex("^(arn:[a-z-]+:iam::[0-9]{12}:(root|(role|user)/([^/*]+/)*[A-Za-z0-9_+=,.@-]{1,64})|arn:[a-z-]+:sts::[0-9]{12}:federated-user/[A-Za-z0-9_+=,.@-]{2,32}|anonymous)$", arn))
    ])
    error_message = "api_trusted_callers has ${join(", ", [for arn in var.api_trusted_callers : arn if !can(regex("^(arn:[a-z-]+:iam::[0-9]{12}:(root|(role|user)/([^/*]+/)*[A-Za-z0-9_+=,.@-]{1,64})|arn:[a-z-]+:sts::[0-9]{12}:federated-user/[A-Za-z0-9_+=,.@-]{2,32}|anonymous)$", arn))])}: name a role (for all its sessions) arn:aws:iam::<account>:role/<name>, a user arn:aws:iam::<account>:user/<name>, or a federated user arn:aws:sts::<account>:federated-user/<name>, without wildcards."
  }

  validation {
    condition     = var.target != "aws" || !contains(var.api_trusted_callers, "anonymous")
    error_message = "api_trusted_callers has anonymous: only an emulator admits a caller without a signature. Name the ARNs of the callers."
  }
}

variable "ids_secret_arn" {
  description = <<-EOT
    ARN of an existing secret in the home region for the ids of images. Without it, the deployment creates a secret of its own. Set it to
    keep the ids when a deployment is created again with its old secret and its old library table. With another value, every image is
    analysed and paid for again. A deployment that has created its own secret refuses it: the plan would destroy that one. It must be
    known when planning.
  EOT
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.ids_secret_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:${var.home_region}:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", var.ids_secret_arn))
    error_message = "ids_secret_arn must be the complete ARN of a secret in ${var.home_region}: arn:aws:secretsmanager:${var.home_region}:<account>:secret:<name>-<six characters>. A secret of another region would make the ids computable there."
  }
}

module "ids_secret" {
  source = "../secret"

  providers = {
    aws = aws.secrets
  }

  name         = "${var.prefix}-ids"
  description  = "Rekbridge makes the ids of images with it. Never change its value: every image would be analysed and paid for again."
  location     = local.locations.home
  ephemeral    = local.ephemeral
  existing_arn = var.ids_secret_arn
  kms_key_arn  = var.kms_key_arns.home
}
