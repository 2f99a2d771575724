# A second deployment in the account and regions of terraform/examples/eu-west-3.tfvars. Its prefix begins with the other one.

prefix        = "rekbridge-test"
home_region   = "eu-west-3"
remote_region = "eu-west-1"

allowed_regions = ["eu-west-1", "eu-central-1"]

operations = {
  text   = { transfer = "staged" }
  labels = { regions = ["eu-central-1"] }
}

# Its part of the account's quotas (docs/two-deployments.md).
quotas = {
  eu-west-1    = { DetectText = 5 }
  eu-central-1 = { DetectLabels = 0.5 }
}
