"""Encryption in transit and at rest, where a mistake means silence or plain text."""

from tests.plan.planned import Json, Plan

TLS = {"Bool": {"aws:SecureTransport": "false"}}
# Rekognition reads a staged copy for its caller, from inside AWS.
TLS_OR_INSIDE = {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}


def denied(statements: list[Json]) -> list[Json]:
    return [statement for statement in statements if statement["Effect"] == "Deny" and statement["Principal"] == "*"]


def test_every_queue_refuses_plain_http(plan: Plan) -> None:
    for queue in plan.of("aws_sqs_queue"):
        (statement,) = denied(queue.policy())
        assert (statement["Action"], statement["Condition"]) == ("sqs:*", TLS), queue.address
        assert statement["Resource"].endswith(f":{queue.values['name']}")


def test_the_topic_refuses_plain_http(plan: Plan) -> None:
    (policy,) = plan.of("aws_sns_topic_policy")
    (statement,) = denied(policy.policy())
    assert (statement["Action"], statement["Condition"]) == ("sns:Publish", TLS)


def test_every_bucket_refuses_plain_http_but_from_inside_aws(plan: Plan) -> None:
    for bucket in plan.of("aws_s3_bucket"):
        (policy,) = plan.beside(bucket, "aws_s3_bucket_policy")
        (statement,) = denied(policy.policy())
        arn = f"arn:aws:s3:::{bucket.values['bucket']}"
        assert statement["Resource"] == [arn, f"{arn}/*"]
        assert (statement["Action"], statement["Condition"]) == ("s3:*", TLS_OR_INSIDE)


def test_every_queue_is_encrypted_by_sqs_itself(plan: Plan) -> None:
    for queue in plan.of("aws_sqs_queue"):
        assert queue.values["sqs_managed_sse_enabled"], queue.address
        assert not queue.values.get("kms_master_key_id"), queue.address


def test_the_topic_is_encrypted_with_a_key_that_is_made_here(plan: Plan) -> None:
    (topic,) = plan.of("aws_sns_topic")
    # Known after the apply only: an alias of AWS's own would be known now.
    assert topic.unknown["kms_master_key_id"]


def test_the_topics_key_admits_s3(plan: Plan) -> None:
    (key,) = plan.of("aws_kms_key")
    (statement,) = [told for told in key.policy() if "Service" in told["Principal"]]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(statement["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"}


def test_every_bucket_is_encrypted_and_private(plan: Plan) -> None:
    for bucket in plan.of("aws_s3_bucket"):
        (encryption,) = plan.beside(bucket, "aws_s3_bucket_server_side_encryption_configuration")
        (public,) = plan.beside(bucket, "aws_s3_bucket_public_access_block")
        (default,) = encryption.values["rule"][0]["apply_server_side_encryption_by_default"]
        assert default["sse_algorithm"] == "AES256"
        assert all(value for name, value in public.values.items() if name.startswith(("block", "ignore", "restrict")))
