# Everything that an organisation may require of every resource of a kind (docs/organisation.md).

home_region   = "eu-west-3"
remote_region = "eu-west-1"

allowed_regions = ["eu-west-1", "eu-central-1"]

operations = {
  text   = { transfer = "staged" }
  labels = {}
}

network = {
  subnet_ids           = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
  security_group_ids   = ["sg-0a1b2c3d4e5f60718"]
  private_api          = true
  api_vpc_endpoint_ids = ["vpce-0a1b2c3d4e5f60718"]
}

kms_key_arns = {
  home   = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000a"
  remote = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000b"
}

log_retention_days = 400

log_destination = {
  arn            = "arn:aws:firehose:eu-west-3:123456789012:deliverystream/security"
  role_arn       = "arn:aws:iam::123456789012:role/logs-to-firehose"
  filter_pattern = "{ $.level = \"ERROR\" }"
}

tags = {
  cost-centre = "4711"
  data-class  = "confidential"
}

role_path            = "/rekbridge/"
permissions_boundary = "arn:aws:iam::123456789012:policy/limits"

sinks = {
  archive  = { target = { queue_arn = "arn:aws:sqs:eu-west-3:123456789012:team-archive" } }
  platform = { target = { event_bus_arn = "arn:aws:events:eu-west-3:210987654321:event-bus/platform" } }
}
