"""At least once is all that queues and events promise; once is what is paid, stored and counted."""

import json

import pytest
from rekbridge.read_models.library import Story
from rekbridge.testing import Rekognition, Stack
from rekbridge_lambda.domain.uploads import Upload

from tests.builders import s3_event
from tests.integration.library import counts
from tests.integration.pictures import picture
from tests.integration.queues import drained, send
from tests.integration.seen import ONCE_EACH, calls_about, ledger, operations

# So slow that whatever is told again comes while the first is being asked.
SLOW_MS = 1500


def event(key: str, version: str, size: int) -> str:
    """S3's word of an object, as it puts it into a queue."""
    return json.dumps(s3_event(Upload(key, version, size, sequencer="0055AED6DCD90281E5", uploaded_at=0)))


def paid_once(stack: Stack, rekognition: Rekognition, story: Story) -> None:
    """One answer an operation by Rekognition's log, and by ours one attempt."""
    assert operations(calls_about(rekognition, stack, story)) == ONCE_EACH
    attempts = {name: [attempt.outcome for attempt in entry.attempts] for name, entry in ledger(stack, story).items()}
    assert attempts == {"labels": ["done"], "faces": ["done"]}


def test_an_upload_told_again_while_it_is_under_way_is_paid_once(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.delay(SLOW_MS)
    key, body = f"{owner}/portrait.jpg", picture(owner)
    version = stack.upload(key, body)
    send(stack, "uploads", *[event(*version, len(body))] * 3)

    story = stack.settled(version)
    for name in ("uploads", "labels", "bridge", "faces", "results"):
        drained(stack, name)
    paid_once(stack, rekognition, story)


def test_an_upload_told_again_when_it_is_done_is_paid_once(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    key, body = f"{owner}/portrait.jpg", picture(owner)
    version = stack.upload(key, body)
    story = stack.settled(version)
    send(stack, "uploads", *[event(*version, len(body))] * 3)

    drained(stack, "uploads")
    assert stack.story(version).results == story.results
    paid_once(stack, rekognition, story)


@pytest.mark.parametrize("operation", ["labels", "faces"])
def test_work_asked_for_thrice_at_once_is_paid_once(
    stack: Stack, rekognition: Rekognition, owner: str, operation: str
) -> None:
    rekognition.delay(SLOW_MS)
    version = stack.upload(f"{owner}/portrait.jpg", picture(owner))
    run = stack.admitted(version).run
    assert run is not None
    send(stack, operation, *[run.work(operation).body()] * 3)

    story = stack.settled(version)
    drained(stack, operation)
    drained(stack, "results")
    paid_once(stack, rekognition, story)


def test_an_arrival_told_again_is_paid_once(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    rekognition.delay(SLOW_MS)
    body = picture(owner)
    version = stack.upload(f"{owner}/portrait.jpg", body)
    run = stack.admitted(version).run
    assert run is not None
    send(stack, "bridge", *[event(copy, "null", len(body)) for copy in run.staged] * 3)

    story = stack.settled(version)
    drained(stack, "bridge")
    drained(stack, "faces")
    paid_once(stack, rekognition, story)


def test_labels_are_counted_once_an_image_however_often_an_answer_is_told(stack: Stack, owner: str) -> None:
    versions = [stack.upload(f"{owner}/{number}.jpg", picture(f"{owner}{number}")) for number in range(3)]
    for version in versions:
        story = stack.settled(version)
        run, result = story.run, story.results["labels"].result
        assert run is not None
        told = {"schema": 1, "run": run.id, "owner": owner, "image": run.image, "operation": "labels"}
        send(stack, "results", *[json.dumps(told | {"uploaded_at": run.uploaded_at, "result": result})] * 3)

    drained(stack, "results")
    assert counts(stack, owner) == {"Face": 3, "Person": 3}
