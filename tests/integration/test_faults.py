"""Rekognition slow, full, down or closed to us: work waits and is done, and none of it becomes a dead letter."""

import time

from rekbridge.read_models.ledger import OPEN
from rekbridge.read_models.library import Version
from rekbridge.testing import Rekognition, Stack, Story, until

from tests.integration.killing import kill, soon_delivered_again
from tests.integration.lanes import pass_by
from tests.integration.pictures import picture
from tests.integration.queues import queue
from tests.integration.seen import calls_about, ledger


def upload(stack: Stack, owner: str) -> Version:
    return stack.upload(f"{owner}/portrait.jpg", picture(owner))


def done(story: Story) -> bool:
    return {found.answer_status for found in story.results.values()} == {"done"}


def test_a_killed_worker_costs_one_more_lease_and_one_more_call_and_no_second_result(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.delay(7000, "DetectLabels", calls=1)
    with soon_delivered_again(stack, "labels", "faces"):
        version = upload(stack, owner)
        admitted = stack.admitted(version)
        until(lambda: "labels" in ledger(stack, admitted), "labels are being asked for")
        # The attempt is written first; a moment later its call is under way, for seven seconds.
        time.sleep(1)
        assert kill(stack, "analyze")
        story = stack.settled(version)

    assert done(story)
    assert [attempt.outcome for attempt in ledger(stack, story)["labels"].attempts] == [OPEN, "done"]
    asked = [call for call in calls_about(rekognition, stack, story) if call.operation == "DetectLabels"]
    assert len(asked) == 2


def test_throttled_work_waits_and_is_neither_lost_nor_paid_for(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.throttle(seconds=4)
    versions = [stack.upload(f"{owner}/{number}.jpg", picture(f"{owner}{number}")) for number in range(4)]
    stories = [stack.settled(version) for version in versions]

    assert all(map(done, stories))
    entries = [entry for story in stories for entry in ledger(stack, story).values()]
    assert [attempt.outcome for entry in entries for attempt in entry.attempts] == ["done"] * 8
    refused = [call for call in rekognition.calls() if call.answer == "ProvisionedThroughputExceededException"]
    assert sum(entry.unpaid for entry in entries) == len(refused) > 0


def test_work_of_regions_that_are_down_waits_and_goes_to_no_other_and_by_no_other_way(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.drop(seconds=4)
    # Three failures in a row, and a breaker is open for half a minute.
    story = stack.settled(upload(stack, owner), patience_s=90)

    assert done(story)
    calls = rekognition.calls()
    assert "ConnectionDropped" in {call.answer for call in calls}
    # A staged image that was never read has no mode in the log, but a call by bytes always has.
    assert {(call.operation, call.mode or "staged") for call in calls} == {
        ("DetectLabels", "bytes"),
        ("DetectFaces", "staged"),
    }
    assert {call.region for call in calls if call.operation == "DetectLabels"} <= {"eu-central-1", "eu-west-2"}
    assert {call.region for call in calls if call.operation == "DetectFaces"} == {"eu-west-1"}


def test_work_that_a_region_refuses_waits_until_sweep_sends_it_again(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.refuse("AccessDeniedException", "DetectLabels")
    version = upload(stack, owner)
    story = stack.admitted(version)
    until(lambda: "labels" in (entries := ledger(stack, story)) and entries["labels"].unpaid, "a refused attempt")
    until(lambda: "faces" in stack.story(version).results, "the other operation goes on")
    assert not stack.story(version).settled

    rekognition.recover()
    pass_by(stack, "labels")
    until(lambda: stack.invoke("sweep") and stack.story(version).settled, "sweep sends it again")
    assert done(stack.story(version))
    # What was refused would lie hidden for minutes, and no later test would find the queue drained.
    stack.client("sqs").purge_queue(QueueUrl=queue(stack, "labels").url)
