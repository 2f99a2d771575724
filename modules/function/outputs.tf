output "exports" {
  description = "The function, for whoever invokes, watches or describes it."
  value = {
    name       = aws_lambda_function.this.function_name
    arn        = aws_lambda_function.this.arn
    invoke_arn = aws_lambda_function.this.invoke_arn
    role       = aws_iam_role.this.name
  }
}

output "mappings" {
  description = "Event source mappings by queue: switch one off to hold its queue."
  value       = { for name, mapping in aws_lambda_event_source_mapping.this : name => mapping.uuid }
}
