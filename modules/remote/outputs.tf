output "exports" {
  description = "What the home stack needs of the remote region."
  value = {
    region  = var.place.name
    staging = module.staging.exports
  }
}

output "topic_arn" {
  description = "The topic to bridge, given when it is there to subscribe to."
  value       = local.topic_arn

  depends_on = [aws_sns_topic.events]
}
