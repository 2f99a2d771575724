output "exports" {
  description = "The function, for its invokers, its alarms and the deployment's output."
  value = {
    name       = aws_lambda_function.this.function_name
    arn        = aws_lambda_function.this.arn
    invoke_arn = aws_lambda_function.this.invoke_arn
    role       = aws_iam_role.this.name

    # Strings, not references: the policies that name them can be read in the plan.
    role_arn      = "arn:${var.location.partition}:iam::${var.location.account_id}:role${var.role.path}${var.name}"
    log_group_arn = local.log_group_arn
  }
}

output "mappings" {
  description = "Event source mappings by queue: disable one to pause the consumption of its queue."
  value       = { for name, mapping in aws_lambda_event_source_mapping.this : name => mapping.uuid }
}

# It does not depend on the function, whose environment may contain it.
output "version" {
  description = "The first 12 hexadecimal digits of the zip's SHA-256."
  value       = local.version
}
