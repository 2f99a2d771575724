output "deployment" {
  description = "Names and addresses of everything, for operators and tests: `terraform output -json deployment`."
  value       = module.rekbridge.deployment
}
