"""Regions die, shrink, fill up and shut us out under way: nothing is lost, and elsewhere the work goes on."""

import json
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from rekbridge.read_models.library import Version
from rekbridge.testing import Call, Rekognition, Stack, Story, until
from rekbridge_lambda.rate_limiting import state

from tests.integration.lanes import lane, left_alone_for
from tests.integration.pictures import picture
from tests.integration.queues import gathered, held
from tests.integration.seen import ledger, logged

# Labels go to the first while it has a slot that is near, and else to the second: see rekbridge_variables.
FIRST, SECOND_BEST = "eu-central-1", "eu-west-2"
MOST_UPLOADS = 40


def uploads(stack: Stack, owner: str, many: int, so_far: int = 0) -> list[Version]:
    names = [f"{owner}{so_far + number}" for number in range(many)]
    return [stack.upload(f"{owner}/{name}.jpg", picture(name)) for name in names]


def uploads_until(stack: Stack, owner: str, happened: Callable[[], object]) -> list[Version]:
    """Images one after the other, until it has happened."""
    versions: list[Version] = []
    while not happened():
        assert len(versions) < MOST_UPLOADS
        versions += uploads(stack, owner, 2, len(versions))
        patience = monotonic() + 3
        while not happened() and monotonic() < patience:
            sleep(0.1)
    return versions


def all_done(stack: Stack, versions: list[Version]) -> list[Story]:
    stories = [stack.settled(version) for version in versions]
    assert {found.answer_status for story in stories for found in story.results.values()} == {"done"}
    return stories


def answered(rekognition: Rekognition) -> list[Call]:
    return [call for call in rekognition.calls("DetectLabels") if call.answer == "ok"]


def test_a_region_that_dies_is_gone_round_and_used_again_when_it_is_back(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.drop(FIRST)
    before = uploads_until(stack, owner, lambda: lane(stack, "labels", FIRST).open_until)
    assert 0 < left_alone_for(stack, "labels", FIRST) <= state.OPEN_FOR / state.SECOND
    all_done(stack, before)
    assert {call.region for call in answered(rekognition)} == {SECOND_BEST}

    rekognition.recover()
    until(lambda: not left_alone_for(stack, "labels", FIRST), "a probe may go")
    after = uploads_until(stack, f"{owner}-again", lambda: lane(stack, "labels", FIRST).open_until is None)
    all_done(stack, after)
    assert {call.region for call in answered(rekognition)} == {FIRST, SECOND_BEST}
    assert len(answered(rekognition)) == len(before + after)


def test_a_quota_that_shrinks_is_learned(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    rekognition.quota(FIRST, "DetectLabels", 1)
    with held(stack, "labels"):
        versions = uploads(stack, owner, 12)
        gathered(stack, "labels", 12)
    stories = all_done(stack, versions)

    quota = stack.deployed.told["operations"]["labels"]["regions"][FIRST]["tps"]
    assert 0 < (lane(stack, "labels", FIRST).rate_milli or 0) < 1000 * quota
    refused = [call for call in rekognition.calls() if call.answer == "ProvisionedThroughputExceededException"]
    assert {call.region for call in refused} == {FIRST}
    assert sum(ledger(stack, story)["labels"].unpaid for story in stories) == len(refused)
    assert len(answered(rekognition)) == len(versions)


def test_while_every_region_is_full_images_wait_and_callers_are_told_when_to_come_again(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.throttle()
    versions = uploads(stack, owner, 4)
    admitted = [stack.admitted(version) for version in versions]

    answer = stack.request("POST", "/analyze/labels", picture(f"{owner}-now"), {"Content-Type": "image/jpeg"})
    assert (answer.status, answer.json()["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) >= 1
    until(lambda: min(unpaid(stack, admitted)) > 3, "each operation on each image was refused again and again")
    assert not any(stack.story(version).results for version in versions)

    rekognition.recover()
    stories = all_done(stack, versions)
    entries = [entry for story in stories for entry in ledger(stack, story).values()]
    assert [attempt.outcome for entry in entries for attempt in entry.attempts] == ["done"] * 8


def unpaid(stack: Stack, stories: list[Story]) -> list[int]:
    """Of every operation on every image, how many calls brought nothing."""
    entries = [ledger(stack, story) for story in stories]
    return [entry[name].unpaid if name in entry else 0 for entry in entries for name in ("faces", "labels")]


def test_a_region_that_is_forbidden_is_left_alone_and_the_work_goes_elsewhere(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    before = breakers_opened(stack)
    rekognition.refuse("AccessDeniedException", "DetectLabels", region=FIRST)
    versions = uploads_until(stack, owner, lambda: lane(stack, "labels", FIRST).open_until)
    assert left_alone_for(stack, "labels", FIRST) > state.REFUSED_FOR / state.SECOND - 30

    all_done(stack, versions + uploads(stack, f"{owner}-again", 2))
    assert {call.region for call in answered(rekognition)} == {SECOND_BEST}
    until(lambda: breakers_opened(stack) > before, "the log counts an opened breaker")


def breakers_opened(stack: Stack) -> int:
    """How many openings the log tells CloudWatch to count, in its embedded metric format."""
    told = [json.loads(line) for line in logged(stack, "analyze") if '"BreakersOpened"' in line]
    assert {about["Namespace"] for one in told for about in one["_aws"]["CloudWatchMetrics"]} <= {"Rekbridge"}
    return sum(int(one["BreakersOpened"]) for one in told)


@pytest.mark.needs("alarms")
def test_an_alarm_watches_the_breakers(stack: Stack) -> None:
    name = f"{stack.deployed.told['prefix']}-breaker-opened"
    alarms = stack.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert [(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms] == [("Rekbridge", "BreakersOpened")]
