# The largest deployment that the variables allow, to test it against AWS's limits; and every threshold and level that can be changed.

prefix        = "as-long-as-it-may-be"
home_region   = "ap-southeast-6"
remote_region = "ap-northeast-1"

allowed_regions = [
  "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-5",
  "ap-southeast-7", "ca-central-1", "eu-central-1", "eu-south-2", "eu-west-1", "eu-west-2", "il-central-1",
  "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
]

operations = {
  labels               = { settings = { MaxLabels = 50, MinConfidence = 75 } }
  faces                = { settings = { Attributes = "[\"ALL\"]" } }
  text                 = { transfer = "staged" }
  moderation           = {}
  celebrities          = {}
  protective-equipment = {}
  custom-labels        = { settings = { ProjectVersionArn = "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/1/1700000000000" } }
}

api_operations = { compare-faces = {}, text = {}, custom-labels = {} }

account_concurrency = 10000

# Lambda is not confirmed to have arm64 in ap-southeast-6.
architecture = "x86_64"

log_level     = "WARNING"
image_privacy = "reencode"

alarms = {
  dlq_messages       = 1
  function_errors    = 2
  function_throttles = 3
  circuits_opened    = 4
  api_5xx            = 5
  stalled_runs       = 6
}
