mock_provider "aws" {}

variables {
  name      = "kit-media-123456789012-eu-west-3"
  partition = "aws"
  versioned = true
  ephemeral = false
}

run "plain_http_is_denied_except_from_inside_aws" {
  command = plan

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::kit-media-123456789012-eu-west-3", "arn:aws:s3:::kit-media-123456789012-eu-west-3/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false", "aws:ViaAWSService" = "false" } }
    }]
    error_message = "Only TLS is allowed, except for Rekognition, which reads for its caller from inside AWS."
  }
}

run "public_access_is_blocked" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four blocks of public access must be on."
  }
}

run "incomplete_uploads_expire" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    error_message = "Parts of incomplete uploads cost money and are not listed."
  }
}

run "objects_do_not_expire_by_default" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[*].id == tolist(["incomplete-uploads"])
    error_message = "Objects must not expire by default."
  }
}

run "objects_and_noncurrent_versions_expire_separately" {
  command = plan

  variables {
    days = { current = 7, noncurrent = 30 }
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration[0].days == 7 && aws_s3_bucket_lifecycle_configuration.this.rule[2].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "Current objects and noncurrent versions have separate days."
  }
}

run "versioning_is_optional" {
  command = plan

  variables {
    versioned = false
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.this) == 0
    error_message = "Without versioning, a deleted object is gone."
  }
}

run "a_bucket_with_objects_is_not_destroyed" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "Only an ephemeral bucket may be destroyed with its objects."
  }
}

run "without_a_key_s3_encrypts_with_its_own" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The default must be SSE-S3, which needs no key policy."
  }
}

run "with_a_key_every_object_is_encrypted_with_it" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d"
  }

  assert {
    condition = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default) == {
      kms_master_key_id = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d"
      sse_algorithm     = "aws:kms"
    }
    error_message = "The bucket must encrypt with the key by default, and ask KMS once for many objects."
  }

  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Condition if statement.Sid != "TlsOnly"] == [
      { Null = { "s3:x-amz-server-side-encryption" = "false", "s3:x-amz-server-side-encryption-aws-kms-key-id" = "true" } },
      {
        Null            = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d" }
      },
    ]
    error_message = "A request must not name another kind of encryption or another key; one that names none must pass."
  }
}
