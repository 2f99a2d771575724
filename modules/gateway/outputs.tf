output "exports" {
  description = "The API: its address at AWS, and its names for whoever watches it or builds another address."
  value = {
    name  = aws_api_gateway_rest_api.this.name
    id    = aws_api_gateway_rest_api.this.id
    stage = aws_api_gateway_stage.this.stage_name
    url   = aws_api_gateway_stage.this.invoke_url
  }
}
