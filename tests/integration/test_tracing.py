"""An image can be traced: by its run id everywhere, and by X-Ray's header where a service keeps it."""

import json
import time
from uuid import uuid4

import pytest
from rekbridge.read_models.uploads import ObjectVersion
from rekbridge.testing import Stack, wait_until

from tests.integration.listeners import listen_to_bus, listen_to_topic
from tests.integration.queues import pause_consumer, peek_messages
from tests.integration.sample_images import make_image


def test_the_run_id_is_in_the_events_of_both_regions(stack: Stack, owner: str) -> None:
    with listen_to_topic(stack) as topic, listen_to_bus(stack) as bus:
        status = stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))
        assert status.run is not None
        run = status.run

        (remote,) = wait_until(lambda: topic.receive_about(run.id), "S3 publishes the event of the staged copy")
        wait_until(lambda: len(bus.receive_about(run.id)) > 1, "ROUTE publishes both results")
        event_ids = [json.loads(event)["detail"]["id"] for event in bus.receive_about(run.id)]

    assert {record["s3"]["object"]["key"] for record in json.loads(remote)["Records"]} == set(run.staged_copies)
    assert sorted(event_ids) == [f"{run.id}/faces", f"{run.id}/labels"]


@pytest.mark.needs("trace-header")
def test_a_trace_continues_from_the_upload_to_the_result(stack: Stack, owner: str) -> None:
    root = f"1-{int(time.time()):08x}-{uuid4().hex[:24]}"
    with pause_consumer(stack, "results"):
        version = upload_with_trace(stack, f"{owner}/portrait.jpg", f"Root={root};Parent={uuid4().hex[:16]};Sampled=1")
        run = stack.wait_until_admitted(version).run
        assert run is not None
        messages = peek_messages(stack, "results", run.id, 2)

    stack.wait_until_settled(version)
    (result,) = (message for message in messages if json.loads(message["Body"])["operation"] == "labels")
    assert f"Root={root};" in result.get("Attributes", {}).get("AWSTraceHeader", "")


def upload_with_trace(stack: Stack, key: str, trace: str) -> ObjectVersion:
    """Upload like a program that uses the X-Ray SDK."""
    s3 = stack.cloud.client("s3", stack.deployed.home)
    s3.meta.events.register("before-call", lambda params, **_: params["headers"].update({"X-Amzn-Trace-Id": trace}))
    response = s3.put_object(Bucket=stack.deployed.get_bucket("media"), Key=key, Body=make_image(key))
    return ObjectVersion(key, response["VersionId"])
