# One sink of each kind.

home_region     = "eu-west-3"
remote_region   = "eu-west-1"
allowed_regions = ["eu-west-1"]
operations      = { faces = {} }

role_path            = "/rekbridge/"
permissions_boundary = "arn:aws:iam::123456789012:policy/limits"

sinks = {
  team  = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team" } }
  mail  = { target = { topic_arn = "arn:aws:sns:eu-west-3:123456789012:mail" } }
  clerk = { target = { function_arn = "arn:aws:lambda:eu-west-3:123456789012:function:clerk" } }
  audit = { target = { event_bus_arn = "arn:aws:events:eu-west-3:999999999999:event-bus/audit" } }
  crm   = { target = { api_destination_arn = "arn:aws:events:eu-west-3:123456789012:api-destination/crm/0a1b2c3d-0000-0000-0000-000000000000" } }
}
