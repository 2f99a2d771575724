# Images are stored in Calgary, which has no Rekognition and must be enabled for the account (opt-in). Nothing leaves Canada.
# Deploy: rekbridge deploy --tfvars <your copy of this file>. Every variable is described in terraform/variables.tf.

home_region   = "ca-west-1"
remote_region = "ca-central-1"

# Residency: a region that is not in this list never gets an image.
allowed_regions = ["ca-central-1"]

# Montréal has faces only.
operations = {
  faces = { transfer = "bytes" }
}
