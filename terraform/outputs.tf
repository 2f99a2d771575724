output "deployment" {
  description = "Names and addresses of everything, for operators and tests: `terraform output -json deployment`."
  value       = module.rekbridge.deployment
}

output "sink_policies" {
  description = "For each sink that is a queue or a topic: the statement that its own policy needs, or every event ends in the sink's DLQ."
  value       = module.rekbridge.sink_policies
}

output "required_key_policies" {
  description = "What the policies of your keys need (kms_key_arns): `terraform output -json required_key_policies`, or the outputs of a plan."
  value       = module.rekbridge.required_key_policies
}
