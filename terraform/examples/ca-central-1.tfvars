# Images are stored in Montréal, where Rekognition finds faces and nothing else. Text is read in Virginia: this leaves Canada.
# Deploy: rekbridge deploy --tfvars <your copy of this file>. Every variable is described in terraform/variables.tf.

home_region   = "ca-central-1"
remote_region = "us-east-1"

# Residency: a region that is not in this list never gets an image.
allowed_regions = ["us-east-1"]

operations = {
  # At home only. Without regions, calls beyond the home region's quota would go to us-east-1.
  faces = { transfer = "bytes", regions = ["ca-central-1"] }

  # A temporary copy is stored in us-east-1 until its text is read.
  text = { transfer = "staged" }
}
