# Not references: policies can be read in the plan. Secrets Manager adds six random characters to a name in the ARN.
output "exports" {
  description = "The secret as its readers name it, and as their policies do."
  value = {
    id  = coalesce(var.existing_arn, var.name)
    arn = coalesce(var.existing_arn, "arn:${var.location.partition}:secretsmanager:${var.location.name}:${var.location.account_id}:secret:${var.name}-??????")
  }
}
