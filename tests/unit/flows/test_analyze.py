from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, RefusedByService, StagedCopyMissing, Throttled
from rekbridge_lambda.domain.messages import Work

from tests.builders import MINUTE, REMOTE, attempt, planned
from tests.world import DEADLINE, World

LABELS = {"Labels": [{"Name": "Cat", "Confidence": 99.0}]}


@pytest.fixture
def world() -> World:
    world = World()
    world.vision.answers["labels"] = LABELS
    return world


@pytest.fixture
def work(world: World) -> Work:
    return world.work_of(world.holding())


def test_keeps_what_rekognition_saw_and_says_where(world: World, work: Work) -> None:
    key = world.analyze(work)
    assert world.results[key].answer == LABELS
    assert [told.result for told in world.answers] == [key]


def test_the_result_tells_where_the_bytes_went(world: World, work: Work) -> None:
    result = world.results[world.analyze(work)]
    assert (result.way, result.region, result.sent_bytes) == ("bytes", REMOTE, len(world.shelf.get(work.prepared)))


def test_the_staged_way_names_the_copy_and_sends_no_bytes(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    assert world.results[world.analyze(work)].way == "staged"


def test_told_twice_it_pays_once_and_answers_twice(world: World, work: Work) -> None:
    first, second = world.analyze(work), world.analyze(work)
    assert first == second
    assert (world.vision.calls, len(world.answers)) == (["labels"], 2)


def test_two_runs_of_an_image_pay_once(world: World, work: Work) -> None:
    world.plan["moderation"] = planned("moderation")
    again = world.work_of(world.holding(key="anna/again.png"))
    assert again.run != work.run
    for one in (work, again):
        world.analyze(one)
    assert world.vision.calls == ["labels"]


def test_saying_what_is_the_default_anyway_pays_for_nothing(world: World, work: Work) -> None:
    world.analyze(work)
    world.plan["labels"] = planned("labels", MaxLabels=50)
    world.analyze(work)
    assert world.vision.calls == ["labels"]


def test_what_the_service_refuses_is_a_result_with_its_reason(world: World, work: Work) -> None:
    world.vision.errors = [RefusedByService("Request has invalid image format")]
    result = world.results[world.analyze(work)]
    assert (result.status, result.reason) == ("failed", "Request has invalid image format")


def test_a_throttled_call_waits_and_is_none_of_the_five(world: World, work: Work) -> None:
    world.vision.errors = [Throttled("slow down") for _ in range(9)]
    for _ in range(9):
        with pytest.raises(Throttled):
            world.analyze(work)
    key = world.analyze(work)
    assert (world.ledger[key].unpaid, len(world.ledger[key].attempts)) == (9, 1)


def test_nothing_is_claimed_while_no_slot_is_near(world: World, work: Work) -> None:
    world.placement.full = Throttled("full", retry_in=7)
    with pytest.raises(Throttled):
        world.analyze(work)
    assert not world.ledger


def test_waits_while_another_worker_is_at_the_same_result(world: World, work: Work) -> None:
    key = world.analyze(work)
    world.results.clear()
    world.ledger.claim(key, attempt(world.now()), until=world.now() + MINUTE)
    with pytest.raises(ClaimHeld):
        world.analyze(work)
    assert world.vision.calls == ["labels"]


def test_a_missing_staged_copy_is_staged_again(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    copies = set(world.staging.bodies)
    world.staging.delete(copies)
    assert world.analyze(work).startswith("staged again")
    assert set(world.staging.bodies) == copies


def test_a_missing_staged_copy_ends_nothing_and_is_not_paid(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    world.staging.delete(set(world.staging.bodies))
    world.analyze(work)
    assert (list(world.answers), world.vision.calls) == ([], [])


def test_work_is_done_once_its_copy_is_staged_again(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    world.staging.delete(set(world.staging.bodies))
    world.analyze(work)
    assert world.results[world.analyze(work)].status == "done"


def test_a_bucket_that_rekognition_cannot_read_ends_after_five_attempts(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    world.vision.errors = [StagedCopyMissing("no access") for _ in range(99)]
    for _ in range(5):
        world.analyze(work)
    with pytest.raises(OutOfAttempts):
        world.analyze(work)


def test_out_of_attempts_tells_route_why(world: World, work: Work) -> None:
    stop_in_call(world, work, times=5)
    with pytest.raises(OutOfAttempts):
        world.analyze(work)
    [told] = world.answers
    assert told.code == "out-of-attempts"
    assert "stopped before an answer" in str(told.reason)


def stop_in_call(world: World, work: Work, times: int) -> None:
    """Claims whose worker never came back; each time its lease runs out."""
    key = world.analyze(work)
    world.results.clear()
    world.answers.clear()
    world.ledger.clear()
    for _ in range(times):
        world.ledger.claim(key, attempt(world.now()), until=world.now() + DEADLINE)
        world.now.at += 2 * DEADLINE


def test_an_operation_that_is_not_deployed_is_told_as_failed(world: World, work: Work) -> None:
    assert world.analyze(replace(work, operation="colours")) == "unknown-operation"
    assert world.answers[0].code == "unknown-operation"


def test_a_prepared_image_that_expired_is_told_as_failed_and_not_paid(world: World, work: Work) -> None:
    world.shelf.clear()
    assert world.analyze(work) == "gone"
    assert (world.answers[0].code, world.vision.calls) == ("gone", [])


def test_a_prepared_image_as_large_as_rekognition_takes_is_sent(world: World, work: Work) -> None:
    largest = b"x" * world.plan["labels"].limits.bytes
    world.shelf[work.prepared] = replace(world.shelf[work.prepared], body=largest)
    assert world.results[world.analyze(work)].sent_bytes == len(largest)


def test_what_was_prepared_for_the_staged_way_is_not_sent_as_bytes(world: World) -> None:
    work = world.work_of(world.holding(), "text")
    world.shelf[work.prepared] = replace(world.shelf[work.prepared], body=b"x" * 6_000_000)
    world.plan["text"] = planned("text", "bytes")
    assert world.analyze(work) == "image-too-large"
    assert not world.results
