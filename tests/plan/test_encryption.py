"""Encryption in transit and at rest, where a mistake loses messages without an error, or allows plain text."""

from tests.plan.terraform_plan import PlanObject, TerraformPlan

NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}
# Rekognition reads a staged copy for its caller, from inside AWS.
NO_TLS_FROM_OUTSIDE_AWS = {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}


def find_denials(statements: list[PlanObject]) -> list[PlanObject]:
    """The statements that deny something to everyone."""
    return [statement for statement in statements if statement["Effect"] == "Deny" and statement["Principal"] == "*"]


def test_every_queue_denies_plain_http(plan: TerraformPlan) -> None:
    for queue in plan.find_all("aws_sqs_queue"):
        (statement,) = find_denials(queue.parse_policy())
        assert (statement["Action"], statement["Condition"]) == ("sqs:*", NO_TLS), queue.address
        assert statement["Resource"].endswith(f":{queue.values['name']}")


def test_the_topic_denies_plain_http(plan: TerraformPlan) -> None:
    (policy,) = plan.find_all("aws_sns_topic_policy")
    (statement,) = find_denials(policy.parse_policy())
    assert (statement["Action"], statement["Condition"]) == ("sns:Publish", NO_TLS)


def test_every_bucket_denies_plain_http_except_from_inside_aws(plan: TerraformPlan) -> None:
    for bucket in plan.find_all("aws_s3_bucket"):
        (policy,) = plan.find_in_same_module(bucket, "aws_s3_bucket_policy")
        (statement,) = find_denials(policy.parse_policy())
        arn = f"arn:aws:s3:::{bucket.values['bucket']}"
        assert statement["Resource"] == [arn, f"{arn}/*"]
        assert (statement["Action"], statement["Condition"]) == ("s3:*", NO_TLS_FROM_OUTSIDE_AWS)


def test_every_queue_is_encrypted_by_sqs_itself(plan: TerraformPlan) -> None:
    for queue in plan.find_all("aws_sqs_queue"):
        assert queue.values["sqs_managed_sse_enabled"], queue.address
        assert not queue.values.get("kms_master_key_id"), queue.address


def test_the_topic_is_encrypted_with_a_customer_managed_key(plan: TerraformPlan) -> None:
    (topic,) = plan.find_all("aws_sns_topic")
    # Known after the apply only: the alias of an AWS managed key would be known in the plan.
    assert topic.unknown["kms_master_key_id"]


def test_the_topics_key_admits_s3(plan: TerraformPlan) -> None:
    (key,) = plan.find_all("aws_kms_key")
    (statement,) = [statement for statement in key.parse_policy() if "Service" in statement["Principal"]]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(statement["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"}


def test_s3_may_use_the_topics_key_for_this_topic_only(plan: TerraformPlan) -> None:
    """S3 acts for every account: without the condition, topics of others could use the key through it."""
    (key,) = plan.find_all("aws_kms_key")
    (statement,) = [statement for statement in key.parse_policy() if "Service" in statement["Principal"]]
    topic = "arn:aws:sns:eu-west-1:123456789012:rekbridge-events"
    assert statement["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}


def test_every_bucket_is_encrypted_and_private(plan: TerraformPlan) -> None:
    for bucket in plan.find_all("aws_s3_bucket"):
        (encryption,) = plan.find_in_same_module(bucket, "aws_s3_bucket_server_side_encryption_configuration")
        (public,) = plan.find_in_same_module(bucket, "aws_s3_bucket_public_access_block")
        (default,) = encryption.values["rule"][0]["apply_server_side_encryption_by_default"]
        assert default["sse_algorithm"] == "AES256"
        assert all(value for name, value in public.values.items() if name.startswith(("block", "ignore", "restrict")))
