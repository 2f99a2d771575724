output "log_group_arn" {
  description = "The log group of the access log."
  value       = local.log_group_arn
}

output "exports" {
  description = "The API: its address, and the names that alarms and the addresses of emulators need."
  value = {
    name  = aws_api_gateway_rest_api.this.name
    id    = aws_api_gateway_rest_api.this.id
    stage = aws_api_gateway_stage.this.stage_name
    url   = aws_api_gateway_stage.this.invoke_url
  }
}
