output "delivery_dlqs" {
  description = "The DLQ of each sink: events that EventBridge could not deliver."
  value       = module.delivery_dlqs.delivery_dlqs
}

output "service_senders" {
  description = "Every AWS service that sends to a DLQ of a sink: the policy of the DLQs' key must admit it."
  value       = module.delivery_dlqs.service_senders
}

output "policies" {
  description = "For each sink that is a queue or a topic: the statement that its own policy needs, or every event ends in the DLQ."
  value = { for key, kind in local.kinds : key => {
    Sid       = "Admit${replace(title(replace("${var.prefix}-${key}", "-", " ")), " ", "")}"
    Effect    = "Allow"
    Principal = { Service = "events.amazonaws.com" }
    Action    = local.policy_actions[kind]
    Resource  = local.target_arn[key]
    Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns[key] } }
  } if contains(keys(local.policy_actions), kind) }
}
