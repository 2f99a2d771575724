# A secret whose value AWS generates once. The value is in no plan and no state; only who may read the secret has it.

locals {
  instances = var.existing_arn == null ? 1 : 0
}

# Remembers who made the secret. A secret of the module's own would be destroyed, with its value, by naming an existing one.
resource "terraform_data" "origin" {
  input = var.existing_arn == null ? "own" : "existing"

  lifecycle {
    # Keeps the value of the first apply.
    ignore_changes = [input]

    postcondition {
      condition     = self.input != "own" || var.existing_arn == null
      error_message = "This deployment has created the secret ${var.name} itself, and with an existing one (${coalesce(var.existing_arn, "none")}) it would destroy it: every image would get another id, and would be analysed and paid for again. Leave ids_secret_arn out; nothing was changed."
    }
  }
}

# Without a key of yours: encrypted with aws/secretsmanager, which decrypts for the principals of this account that may read the secret.
resource "aws_secretsmanager_secret" "this" {
  count = local.instances

  name        = var.name
  description = var.description
  kms_key_id  = var.kms_key_arn

  # Deleted by accident, it can be restored for 30 days (docs/operations.md).
  recovery_window_in_days = var.ephemeral ? 0 : 30
}

# Terraform has the value in memory only. AWS generates one for every plan and apply; all but the first are forgotten.
ephemeral "aws_secretsmanager_random_password" "this" {
  count = local.instances

  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "this" {
  count = local.instances

  secret_id                = aws_secretsmanager_secret.this[0].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[0].random_password
  secret_string_wo_version = 1

  # Another version would write another value: no change of this file may do that.
  lifecycle {
    ignore_changes = [secret_string_wo_version]
  }
}
