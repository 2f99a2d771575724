"""Rekognition is slow, throttled, down or refuses us: work is retried until it is done, and none goes to a DLQ."""

import time

from rekbridge.read_models.claims import NO_OUTCOME
from rekbridge.read_models.uploads import ObjectVersion
from rekbridge.testing import LocalRekognition, Stack, UploadStatus, wait_until

from tests.integration.call_records import find_calls, load_claims
from tests.integration.function_processes import kill_function, shorten_visibility_timeout
from tests.integration.queues import get_queue
from tests.integration.rate_limits import expire_open_circuits
from tests.integration.sample_images import make_image


def upload_image(stack: Stack, owner: str) -> ObjectVersion:
    return stack.upload(f"{owner}/portrait.jpg", make_image(owner))


def is_done(status: UploadStatus) -> bool:
    return {result.status for result in status.results.values()} == {"done"}


def test_a_killed_worker_costs_one_more_attempt_but_no_second_result(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.delay(7000, "DetectLabels", calls=1)
    with shorten_visibility_timeout(stack, "labels", "faces"):
        version = upload_image(stack, owner)
        admitted = stack.wait_until_admitted(version)
        wait_until(lambda: "labels" in load_claims(stack, admitted), "the labels attempt is stored")
        # The attempt is stored before its call starts. The call takes seven seconds.
        time.sleep(1)
        assert kill_function(stack, "analyze")
        status = stack.wait_until_settled(version)

    assert is_done(status)
    assert [attempt.outcome for attempt in load_claims(stack, status)["labels"].attempts] == [NO_OUTCOME, "done"]
    calls = [call for call in find_calls(rekognition, stack, status) if call.operation == "DetectLabels"]
    assert len(calls) == 2


def test_throttled_work_is_retried_and_neither_lost_nor_paid_twice(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.throttle(seconds=4)
    versions = [stack.upload(f"{owner}/{number}.jpg", make_image(f"{owner}{number}")) for number in range(4)]
    statuses = [stack.wait_until_settled(version) for version in versions]

    assert all(map(is_done, statuses))
    claims = [claim for status in statuses for claim in load_claims(stack, status).values()]
    assert [attempt.outcome for claim in claims for attempt in claim.attempts] == ["done"] * 8
    throttled = [call for call in rekognition.list_calls() if call.answer == "ProvisionedThroughputExceededException"]
    assert sum(claim.unpaid for claim in claims) == len(throttled) > 0


def test_work_for_regions_that_are_down_waits_and_uses_no_other_region_or_transfer(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.drop_connections(seconds=4)
    # After three failures in a row a circuit breaker stays open for 30 seconds.
    status = stack.wait_until_settled(upload_image(stack, owner), timeout_s=90)

    assert is_done(status)
    calls = rekognition.list_calls()
    assert "ConnectionDropped" in {call.answer for call in calls}
    # The log has no mode for a staged image that was never read, but always one for an image sent as bytes.
    assert {(call.operation, call.mode or "staged") for call in calls} == {
        ("DetectLabels", "bytes"),
        ("DetectFaces", "staged"),
    }
    assert {call.region for call in calls if call.operation == "DetectLabels"} <= {"eu-central-1", "eu-west-2"}
    assert {call.region for call in calls if call.operation == "DetectFaces"} == {"eu-west-1"}


def test_work_that_a_region_refuses_waits_until_sweep_requeues_it(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.return_error("AccessDeniedException", "DetectLabels")
    version = upload_image(stack, owner)
    status = stack.wait_until_admitted(version)
    wait_until(
        lambda: "labels" in (claims := load_claims(stack, status)) and claims["labels"].unpaid, "an attempt was refused"
    )
    wait_until(lambda: "faces" in stack.get_status(version).results, "the other operation is done")
    assert not stack.get_status(version).is_settled

    rekognition.clear_faults()
    expire_open_circuits(stack, "labels")
    wait_until(lambda: stack.invoke("sweep") and stack.get_status(version).is_settled, "sweep requeues the run")
    assert is_done(stack.get_status(version))
    # The refused message is invisible for minutes: later tests would wait for an empty queue.
    stack.client("sqs").purge_queue(QueueUrl=get_queue(stack, "labels").url)
