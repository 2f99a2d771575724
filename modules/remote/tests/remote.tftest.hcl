mock_provider "aws" {
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:kit-events" }
  }
}

variables {
  prefix    = "kit"
  location  = { name = "eu-west-1", partition = "aws", account_id = "123456789012" }
  ephemeral = false
}

run "the_staging_bucket_is_named_after_account_and_region" {
  command = plan

  assert {
    condition     = output.exports.staging.name == "kit-staging-123456789012-eu-west-1"
    error_message = "Bucket names are global: they need the account and the region."
  }
}

run "every_staged_copy_notifies_the_topic" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.staging.topic[0].topic_arn == output.topic_arn && aws_s3_bucket_notification.staging.topic[0].events == toset(["s3:ObjectCreated:*"])
    error_message = "The staging bucket must notify the topic of every new object."
  }
}

run "only_the_staging_bucket_may_publish" {
  command = plan

  assert {
    condition = jsondecode(aws_sns_topic_policy.events.policy).Statement[1] == {
      Sid       = "AdmitStagingBucket"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-west-1:123456789012:kit-events"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:s3:::kit-staging-123456789012-eu-west-1" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }
    error_message = "S3 acts for every account: the policy must name the bucket and its account."
  }
}

run "the_topic_allows_tls_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_sns_topic_policy.events.policy).Statement[0].Effect == "Deny" && jsondecode(aws_sns_topic_policy.events.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    error_message = "Plain HTTP must be denied."
  }
}

run "the_topic_has_a_customer_managed_key_that_admits_s3" {
  command = apply

  assert {
    condition     = aws_sns_topic.events.kms_master_key_id == aws_kms_key.events[0].arn
    error_message = "An AWS managed key would not admit S3."
  }

  assert {
    condition     = jsondecode(aws_kms_key.events[0].policy).Statement[1].Principal.Service == "s3.amazonaws.com" && jsondecode(aws_kms_key.events[0].policy).Statement[1].Action == ["kms:GenerateDataKey", "kms:Decrypt"]
    error_message = "The key must admit S3, which encrypts what it publishes."
  }

  assert {
    condition     = jsondecode(aws_kms_key.events[0].policy).Statement[1].Condition == { StringEquals = { "kms:EncryptionContext:aws:sns:topicArn" = output.topic_arn } }
    error_message = "S3 acts for every account: it may use the key for this topic only."
  }
}

run "the_key_is_rotated" {
  command = plan

  assert {
    condition     = aws_kms_key.events[0].enable_key_rotation && aws_kms_key.events[0].deletion_window_in_days == 30
    error_message = "The key must be rotated, and its deletion must take 30 days."
  }
}

run "with_a_key_of_the_organisation_there_is_no_other" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d"
  }

  assert {
    condition     = length(aws_kms_key.events) + length(aws_kms_alias.events) == 0 && aws_sns_topic.events.kms_master_key_id == "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d"
    error_message = "The topic must use the organisation's key."
  }
}
