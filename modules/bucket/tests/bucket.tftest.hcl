mock_provider "aws" {}

variables {
  name       = "kit-media-123456789012-eu-west-3"
  partition  = "aws"
  versioned  = true
  throw_away = false
}

run "plain_http_is_refused_except_from_inside_aws" {
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
    error_message = "TLS only, but Rekognition reads for its caller."
  }
}

run "the_public_has_no_way_in" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four doors must be shut."
  }
}

run "abandoned_uploads_go" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    error_message = "Parts that nobody completes are paid for and never seen."
  }
}

run "nothing_expires_unless_told" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[*].id == tolist(["abandoned-uploads"])
    error_message = "Objects must not vanish by default."
  }
}

run "objects_and_old_versions_expire_each_in_their_time" {
  command = plan

  variables {
    days = { current = 7, noncurrent = 30 }
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration[0].days == 7 && aws_s3_bucket_lifecycle_configuration.this.rule[2].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "Each kind has its own days."
  }
}

run "versions_are_kept_only_where_told" {
  command = plan

  variables {
    versioned = false
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.this) == 0
    error_message = "A version would outlive what was deleted."
  }
}

run "what_is_in_it_is_safe_from_destroy" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "Only a throw-away bucket goes with its objects."
  }
}
