"""A region goes down, loses quota, is throttled or refuses us: nothing is lost, and other regions take over."""

import json
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from rekbridge.read_models.uploads import ObjectVersion
from rekbridge.testing import LocalRekognition, RekognitionCall, Stack, UploadStatus, wait_until
from rekbridge_lambda.rate_limiting import gcra

from tests.integration.call_records import load_claims, load_log_messages
from tests.integration.queues import pause_consumer, wait_for_messages
from tests.integration.rate_limits import get_seconds_to_probe, load_state
from tests.integration.sample_images import make_image

# Labels go to the first region while its rate limit allows a call soon, else to the second: see rekbridge_variables.
FIRST_REGION, SECOND_REGION = "eu-central-1", "eu-west-2"
MAX_UPLOADS = 40


def upload_images(stack: Stack, owner: str, count: int, first: int = 0) -> list[ObjectVersion]:
    names = [f"{owner}{first + number}" for number in range(count)]
    return [stack.upload(f"{owner}/{name}.jpg", make_image(name)) for name in names]


def upload_until(stack: Stack, owner: str, condition: Callable[[], object]) -> list[ObjectVersion]:
    """Upload images until a condition holds."""
    versions: list[ObjectVersion] = []
    while not condition():
        assert len(versions) < MAX_UPLOADS
        versions += upload_images(stack, owner, 2, len(versions))
        deadline = monotonic() + 3
        while not condition() and monotonic() < deadline:
            sleep(0.1)
    return versions


def wait_until_all_done(stack: Stack, versions: list[ObjectVersion]) -> list[UploadStatus]:
    statuses = [stack.wait_until_settled(version) for version in versions]
    assert {result.status for status in statuses for result in status.results.values()} == {"done"}
    return statuses


def list_successful_calls(rekognition: LocalRekognition) -> list[RekognitionCall]:
    return [call for call in rekognition.list_calls("DetectLabels") if call.answer == "ok"]


def test_a_region_that_is_down_is_avoided_and_used_again_after_it_recovers(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.drop_connections(FIRST_REGION)
    before = upload_until(stack, owner, lambda: load_state(stack, "labels", FIRST_REGION).open_until)
    assert 0 < get_seconds_to_probe(stack, "labels", FIRST_REGION) <= gcra.OPEN_FOR / gcra.SECOND
    wait_until_all_done(stack, before)
    assert {call.region for call in list_successful_calls(rekognition)} == {SECOND_REGION}

    rekognition.clear_faults()
    wait_until(lambda: not get_seconds_to_probe(stack, "labels", FIRST_REGION), "the circuit allows a probe")
    after = upload_until(stack, f"{owner}-again", lambda: load_state(stack, "labels", FIRST_REGION).open_until is None)
    wait_until_all_done(stack, after)
    assert {call.region for call in list_successful_calls(rekognition)} == {FIRST_REGION, SECOND_REGION}
    assert len(list_successful_calls(rekognition)) == len(before + after)


def test_a_lower_quota_is_learned(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    rekognition.set_quota(FIRST_REGION, "DetectLabels", 1)
    with pause_consumer(stack, "labels"):
        versions = upload_images(stack, owner, 12)
        wait_for_messages(stack, "labels", 12)
    statuses = wait_until_all_done(stack, versions)

    quota = stack.deployed.outputs["operations"]["labels"]["regions"][FIRST_REGION]["tps"]
    assert 0 < (load_state(stack, "labels", FIRST_REGION).rate_milli or 0) < 1000 * quota
    throttled = [call for call in rekognition.list_calls() if call.answer == "ProvisionedThroughputExceededException"]
    assert {call.region for call in throttled} == {FIRST_REGION}
    assert sum(load_claims(stack, status)["labels"].unpaid for status in statuses) == len(throttled)
    assert len(list_successful_calls(rekognition)) == len(versions)


def test_while_every_region_is_throttled_images_wait_and_callers_get_retry_after(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.throttle()
    versions = upload_images(stack, owner, 4)
    admitted = [stack.wait_until_admitted(version) for version in versions]

    response = stack.request("POST", "/analyze/labels", make_image(f"{owner}-now"), {"Content-Type": "image/jpeg"})
    assert (response.status, response.json()["code"]) == (429, "throttled")
    assert int(response.headers["Retry-After"]) >= 1
    wait_until(
        lambda: min(count_unpaid(stack, admitted)) > 3, "each operation on each image was throttled several times"
    )
    assert not any(stack.get_status(version).results for version in versions)

    rekognition.clear_faults()
    statuses = wait_until_all_done(stack, versions)
    claims = [claim for status in statuses for claim in load_claims(stack, status).values()]
    assert [attempt.outcome for claim in claims for attempt in claim.attempts] == ["done"] * 8


def count_unpaid(stack: Stack, statuses: list[UploadStatus]) -> list[int]:
    """The number of unpaid attempts of each operation on each image."""
    claims = [load_claims(stack, status) for status in statuses]
    return [row[name].unpaid if name in row else 0 for row in claims for name in ("faces", "labels")]


def test_a_region_that_refuses_us_is_avoided_and_others_take_over(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    before = count_opened_circuits(stack)
    rekognition.return_error("AccessDeniedException", "DetectLabels", region=FIRST_REGION)
    versions = upload_until(stack, owner, lambda: load_state(stack, "labels", FIRST_REGION).open_until)
    assert get_seconds_to_probe(stack, "labels", FIRST_REGION) > gcra.REFUSED_OPEN_FOR / gcra.SECOND - 30

    wait_until_all_done(stack, versions + upload_images(stack, f"{owner}-again", 2))
    assert {call.region for call in list_successful_calls(rekognition)} == {SECOND_REGION}
    wait_until(lambda: count_opened_circuits(stack) > before, "the log counts an opened circuit")


def count_opened_circuits(stack: Stack) -> int:
    """The sum of the metric CircuitsOpened in the log, which has it in CloudWatch's embedded metric format."""
    records = [json.loads(line) for line in load_log_messages(stack, "analyze") if '"CircuitsOpened"' in line]
    assert {metric["Namespace"] for record in records for metric in record["_aws"]["CloudWatchMetrics"]} <= {
        "Rekbridge"
    }
    assert {record["Deployment"] for record in records} <= {stack.deployed.outputs["prefix"]}
    return sum(int(record["CircuitsOpened"]) for record in records)


@pytest.mark.needs("alarms")
def test_an_alarm_watches_the_circuit_breakers(stack: Stack) -> None:
    name = f"{stack.deployed.outputs['prefix']}-circuit-opened"
    alarms = stack.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert [(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms] == [("Rekbridge", "CircuitsOpened")]
    deployment = {"Name": "Deployment", "Value": stack.deployed.outputs["prefix"]}
    assert [alarm["Dimensions"] for alarm in alarms] == [[deployment]]
