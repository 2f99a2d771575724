output "exports" {
  description = "What the home stack needs of the remote region."
  value = {
    region  = var.location.name
    staging = module.staging.exports
  }
}

output "topic_arn" {
  description = "The topic that the bridge subscribes to; available when the topic exists."
  value       = local.topic_arn

  depends_on = [aws_sns_topic.events]
}
