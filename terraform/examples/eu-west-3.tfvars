# Images live in Paris, which has no Rekognition; Ireland reads their text, Frankfurt is allowed too.
# Deploy: rekbridge deploy --tfvars <your copy of this file>. Every variable is described in terraform/*.tf.

home_region   = "eu-west-3"
remote_region = "eu-west-1"

# Residency: a region that is not in this list never sees an image.
allowed_regions = ["eu-west-1", "eu-central-1"]

operations = {
  # A copy waits in eu-west-1 until its text is read: up to 15 MB, and Rekognition fetches it itself.
  text = { way = "staged" }

  # Sent with the call and stored nowhere outside home: up to 5 MB. Settings are those of DetectFaces.
  faces = { way = "bytes", settings = { Attributes = "[\"DEFAULT\", \"EYES_OPEN\"]" } }

  # Bytes go to every allowed region, by their quotas, unless told.
  labels = { way = "bytes", regions = ["eu-central-1"], settings = { MaxLabels = 50, MinConfidence = 75 } }
}

# Calls a second that AWS has granted beyond its defaults; `rekbridge quotas refresh` writes them.
quotas = {
  eu-central-1 = { DetectLabels = 20 }
}

# What your organisation asks of every role.
role_path            = "/rekbridge/"
permissions_boundary = "arn:aws:iam::123456789012:policy/limits"

# Whom alarms tell, in each region.
alarm_topics = {
  home   = "arn:aws:sns:eu-west-3:123456789012:oncall"
  remote = "arn:aws:sns:eu-west-1:123456789012:oncall"
}
