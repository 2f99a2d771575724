# Images are stored in Paris, which has no Rekognition. Ireland reads their text; Frankfurt is allowed too.
# Deploy: rekbridge deploy --tfvars <your copy of this file>. Every variable is described in terraform/*.tf.

home_region   = "eu-west-3"
remote_region = "eu-west-1"

# Residency: a region that is not in this list never gets an image.
allowed_regions = ["eu-west-1", "eu-central-1"]

operations = {
  # A temporary copy is stored in eu-west-1 until its text is read: up to 15 MB. Rekognition reads the copy from S3.
  text = { transfer = "staged" }

  # The image is sent in the call and stored nowhere outside home: up to 5 MB. Settings are parameters of DetectFaces.
  faces = { transfer = "bytes", settings = { Attributes = "[\"DEFAULT\", \"EYES_OPEN\"]" } }

  # Bytes go to every allowed region, by quota, unless you set regions.
  labels = { transfer = "bytes", regions = ["eu-central-1"], settings = { MaxLabels = 50, MinConfidence = 75 } }
}

# Calls a second that AWS granted beyond its defaults; `rekbridge quotas refresh` writes them.
quotas = {
  eu-central-1 = { DetectLabels = 20 }
}

# Callers of the REST API that may name the keys of every owner. All others reach their own: role-<name>/… or user-<name>/….
api_trusted_callers = ["arn:aws:iam::123456789012:role/backend"]

# What your organisation requires of every role.
role_path            = "/rekbridge/"
permissions_boundary = "arn:aws:iam::123456789012:policy/limits"

# SNS topics that alarms notify, one in each region.
alarm_topics = {
  home   = "arn:aws:sns:eu-west-3:123456789012:oncall"
  remote = "arn:aws:sns:eu-west-1:123456789012:oncall"
}
