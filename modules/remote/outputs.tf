output "exports" {
  description = "What the home stack and the bridge need of the remote region."
  value = {
    region  = var.place.name
    staging = module.staging.exports
    topic   = { name = "${var.prefix}-events", arn = local.topic_arn }
  }

  depends_on = [aws_sns_topic.events]
}
