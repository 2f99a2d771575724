"""What a removal would lose, counted in AWS emulated by moto: bounded, and also when something cannot be counted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from rekbridge.deploy import loss_report
from rekbridge.deploy.applied_state import AppliedResource, AppliedState
from rekbridge.deploy.loss_report import count_messages, count_objects, count_rows, list_losses

from tests.contract.cloud import Cloud


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that a test can exceed."""
    monkeypatch.setattr(loss_report, "MAX_COUNTED", 3)
    return 3


def test_objects_versions_and_delete_markers_are_counted(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket(versioned=True)
    for key in ("kept", "kept", "deleted"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"any")
    s3.delete_object(Bucket=bucket, Key="deleted")
    assert count_objects(s3, bucket) == "1 object, 3 older versions"


def test_an_empty_bucket_has_no_objects(cloud: Cloud) -> None:
    assert count_objects(cloud.client("s3"), cloud.create_bucket()) == "0 objects"


def test_objects_are_counted_up_to_a_limit(cloud: Cloud, limit: int) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    for number in range(limit + 1):
        s3.put_object(Bucket=bucket, Key=str(number), Body=b"any")
    assert count_objects(s3, bucket) == f"{limit} objects and versions or more"


@pytest.mark.parametrize(("rows", "counted"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (4, "3 rows or more")])
def test_rows_are_counted_up_to_a_limit(cloud: Cloud, limit: int, rows: int, counted: str) -> None:
    table, dynamodb = cloud.create_claims_table(), cloud.client("dynamodb")
    for number in range(rows):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": str(number)}})
    assert count_rows(dynamodb, table).startswith(counted)


def test_messages_in_flight_and_delayed_wait_too(cloud: Cloud) -> None:
    sqs, url = cloud.client("sqs"), cloud.create_queue()
    sqs.send_message(QueueUrl=url, MessageBody="visible")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
    sqs.send_message(QueueUrl=url, MessageBody="visible")
    sqs.send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=600)
    assert count_messages(sqs, url) == "about 3 waiting messages"


def build_state(kind: str, name: str) -> AppliedState:
    return AppliedState((AppliedResource(kind, name, "eu-west-3", f"arn:aws:any:eu-west-3:1:{name}", "any"),))


@pytest.mark.parametrize("kind", ["aws_s3_bucket", "aws_dynamodb_table", "aws_sqs_queue"])
def test_what_is_gone_is_no_loss(cloud: Cloud, kind: str) -> None:
    name = "https://sqs.eu-west-3.amazonaws.com/123456789012/gone" if kind == "aws_sqs_queue" else "gone-since"
    assert list_losses(build_state(kind, name), lambda service, _: cloud.client(service)) == []


def test_an_empty_queue_is_no_loss(cloud: Cloud) -> None:
    state = build_state("aws_sqs_queue", cloud.create_queue())
    assert list_losses(state, lambda service, _: cloud.client(service)) == []


def test_what_cannot_be_counted_is_listed_nevertheless() -> None:
    class DeniedScanClient:
        def scan(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Scan")

    (loss,) = list_losses(build_state("aws_dynamodb_table", "library"), lambda *_: DeniedScanClient())
    assert str(loss) == "table library (eu-west-3): cannot be counted (AccessDeniedException)"
