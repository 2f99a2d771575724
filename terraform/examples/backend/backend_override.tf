# Keeps the state in S3. Put this file beside your tfvars file, with your own bucket, key and account; its name must stay.
#
# The bucket is yours: create it once, outside of this deployment, with versioning (an older state can be restored), with
# Block Public Access, and with a policy that only deployers can read. The state names every resource; it has no secret
# and no image. Several deployments may share a bucket: each needs a key of its own.

terraform {
  backend "s3" {
    bucket = "example-terraform-states"
    key    = "rekbridge/prod.tfstate"
    region = "eu-west-3"

    # A lock beside the state (<key>.tflock): two deploys never run at a time. It needs no DynamoDB table.
    # A deployer needs s3:GetObject and s3:PutObject on both, and s3:DeleteObject on the lock, and s3:ListBucket.
    use_lockfile = true

    # Encrypted by S3, or by a key of yours: kms_key_id = "arn:aws:kms:…".
    encrypt = true

    # Credentials of any other account are refused before the state is read.
    allowed_account_ids = ["123456789012"]
  }
}
