"""The messages in queues that a plan deletes."""

from typing import Any

import boto3
from botocore.stub import Stubber
from rekbridge.deploy.waiting_messages import COUNTS, read_waiting
from rekbridge.terraform.changes import PlannedChanges

from tests.unit.rekbridge.planned_documents import QUEUE, build_change, build_document, build_queue_change

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/rekbridge-work-text"
PLANNED = PlannedChanges.from_document(
    build_document(
        build_queue_change("work-text", "delete", region="eu-west-1"),
        build_queue_change("uploads", "update"),
        build_change("aws_dynamodb_table.library", "delete"),
    )
)


def read_stubbed(**response: Any) -> dict[str, str]:
    sqs = boto3.client("sqs", "eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
    regions: list[tuple[str, str]] = []
    with Stubber(sqs) as stub:
        if "code" in response:
            stub.add_client_error("get_queue_attributes", response["code"], "not allowed")
        else:
            expected = {"QueueUrl": URL, "AttributeNames": list(COUNTS)}
            stub.add_response("get_queue_attributes", {"Attributes": response}, expected)

        def create_client(service: str, region: str) -> Any:
            regions.append((service, region))
            return sqs

        waiting = read_waiting(PLANNED, create_client)
    assert regions == [("sqs", "eu-west-1")]
    return waiting


def test_waiting_hidden_and_delayed_messages_are_counted_in_the_queues_own_region() -> None:
    assert read_stubbed(**dict(zip(COUNTS, ("1000", "200", "34"), strict=True))) == {
        f'{QUEUE}["work-text"]': "1,234 messages are in rekbridge-work-text"
    }


def test_messages_that_may_not_be_read_are_no_obstacle_and_are_said() -> None:
    [text] = read_stubbed(code="AccessDenied").values()
    assert text.startswith("rekbridge-work-text; its messages cannot be counted: ")


def test_a_queue_that_a_killed_apply_was_creating_has_no_messages() -> None:
    change = build_queue_change("work-text", "delete", region="eu-west-1")
    change["change"]["before"] |= {"arn": None, "url": None}
    assert read_waiting(PlannedChanges.from_document(build_document(change)), fail) == {}


def fail(service: str, region: str) -> Any:
    raise AssertionError((service, region))
