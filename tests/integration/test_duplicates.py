"""Queues and events deliver at least once; every image is paid for, stored and counted exactly once."""

import json

import pytest
from rekbridge.read_models.uploads import UploadStatus
from rekbridge.testing import LocalRekognition, Stack
from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain.uploads import Upload

from tests.builders import make_s3_event
from tests.integration.call_records import EACH_ACTION_ONCE, find_calls, list_actions, load_claims
from tests.integration.library import load_label_counts
from tests.integration.queues import send_messages, wait_until_drained
from tests.integration.sample_images import make_image

# Slow enough that a duplicate arrives while the first call is still running.
SLOW_MS = 1500


def make_event(key: str, version: str, size: int) -> str:
    """S3's event about an object, as it sends it to a queue."""
    return json.dumps(make_s3_event(Upload(key, version, size, sequencer="0055AED6DCD90281E5", uploaded_at=0)))


def assert_paid_once(stack: Stack, rekognition: LocalRekognition, status: UploadStatus) -> None:
    """Assert one call for each operation in Rekognition's log, and one attempt in the claims table."""
    assert list_actions(find_calls(rekognition, stack, status)) == EACH_ACTION_ONCE
    attempts = {
        name: [attempt.outcome for attempt in claim.attempts] for name, claim in load_claims(stack, status).items()
    }
    assert attempts == {"labels": ["done"], "faces": ["done"]}


def test_an_upload_event_repeated_during_the_analysis_is_paid_once(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.delay(SLOW_MS)
    key, body = f"{owner}/portrait.jpg", make_image(owner)
    version = stack.upload(key, body)
    send_messages(stack, "uploads", *[make_event(version.key, version.version, len(body))] * 3)

    status = stack.wait_until_settled(version)
    for name in ("uploads", "labels", "bridge", "faces", "results"):
        wait_until_drained(stack, name)
    assert_paid_once(stack, rekognition, status)


def test_an_upload_event_repeated_after_the_analysis_is_paid_once(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    key, body = f"{owner}/portrait.jpg", make_image(owner)
    version = stack.upload(key, body)
    status = stack.wait_until_settled(version)
    send_messages(stack, "uploads", *[make_event(version.key, version.version, len(body))] * 3)

    wait_until_drained(stack, "uploads")
    assert stack.get_status(version).results == status.results
    assert_paid_once(stack, rekognition, status)


@pytest.mark.parametrize("operation", ["labels", "faces"])
def test_duplicate_work_is_paid_once(stack: Stack, rekognition: LocalRekognition, owner: str, operation: str) -> None:
    rekognition.delay(SLOW_MS)
    version = stack.upload(f"{owner}/portrait.jpg", make_image(owner))
    run = stack.wait_until_admitted(version).run
    assert run is not None
    send_messages(stack, operation, *[encode_message(run.make_work(operation))] * 3)

    status = stack.wait_until_settled(version)
    wait_until_drained(stack, operation)
    wait_until_drained(stack, "results")
    assert_paid_once(stack, rekognition, status)


def test_a_repeated_event_of_a_staged_copy_is_paid_once(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.delay(SLOW_MS)
    body = make_image(owner)
    version = stack.upload(f"{owner}/portrait.jpg", body)
    run = stack.wait_until_admitted(version).run
    assert run is not None
    send_messages(stack, "bridge", *[make_event(copy, "null", len(body)) for copy in run.staged_copies] * 3)

    status = stack.wait_until_settled(version)
    wait_until_drained(stack, "bridge")
    wait_until_drained(stack, "faces")
    assert_paid_once(stack, rekognition, status)


def test_labels_are_counted_once_for_each_image_despite_repeated_results(stack: Stack, owner: str) -> None:
    versions = [stack.upload(f"{owner}/{number}.jpg", make_image(f"{owner}{number}")) for number in range(3)]
    for version in versions:
        status = stack.wait_until_settled(version)
        run, result = status.run, status.results["labels"].result_key
        assert run is not None
        message = {"schema": 2, "run_id": run.id, "operation": "labels", "result_key": result}
        send_messages(stack, "results", *[json.dumps(message)] * 3)

    wait_until_drained(stack, "results")
    assert load_label_counts(stack, owner) == {"Face": 3, "Head": 3, "Person": 3}
