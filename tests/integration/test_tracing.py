"""How an image is followed: by the run's id in each name, all the way; by X-Ray's header, as far as a hop keeps it."""

import json
import time
from uuid import uuid4

import pytest
from rekbridge.read_models.library import Version
from rekbridge.testing import Stack, until

from tests.integration.pictures import picture
from tests.integration.queues import held, peeked
from tests.integration.spies import on_bus, on_topic


def test_one_run_is_followed_from_its_upload_through_both_regions_to_its_results(stack: Stack, owner: str) -> None:
    with on_topic(stack) as topic, on_bus(stack) as bus:
        story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))
        assert story.run is not None
        run = story.run

        (remote,) = until(lambda: topic.about(run.id), "S3 tells of the staged copy")
        until(lambda: len(bus.about(run.id)) > 1, "ROUTE tells of both results")
        told = [json.loads(event)["detail"]["id"] for event in bus.about(run.id)]

    assert {record["s3"]["object"]["key"] for record in json.loads(remote)["Records"]} == set(run.staged)
    assert sorted(told) == [f"{run.id}/faces", f"{run.id}/labels"]


@pytest.mark.needs("trace-header")
def test_a_trace_goes_on_from_an_upload_to_its_answer(stack: Stack, owner: str) -> None:
    root = f"1-{int(time.time()):08x}-{uuid4().hex[:24]}"
    with held(stack, "results"):
        version = uploaded(stack, f"{owner}/portrait.jpg", f"Root={root};Parent={uuid4().hex[:16]};Sampled=1")
        run = stack.admitted(version).run
        assert run is not None
        sent = peeked(stack, "results", run.id, 2)

    stack.settled(version)
    (answer,) = (message for message in sent if json.loads(message["Body"])["operation"] == "labels")
    assert f"Root={root};" in answer.get("Attributes", {}).get("AWSTraceHeader", "")


def uploaded(stack: Stack, key: str, trace: str) -> Version:
    """Upload as a program that X-Ray traces."""
    s3 = stack.cloud.client("s3", stack.deployed.home)
    s3.meta.events.register("before-call", lambda params, **_: params["headers"].update({"X-Amzn-Trace-Id": trace}))
    answer = s3.put_object(Bucket=stack.deployed.bucket("media"), Key=key, Body=picture(key))
    return Version(key, answer["VersionId"])
