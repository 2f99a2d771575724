"""Scripted faults and the call log, used over HTTP and boto3."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.engine.engine_process import PHOTOS, RunningEngine, load_photo, run_engine

COFFEE = load_photo("coffee.jpg")


def test_throttle_fault_returns_the_error_code_of_aws(engine: RunningEngine) -> None:
    engine.add_fault(fault="throttle", operation="DetectModerationLabels", calls=1)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        engine.create_client().detect_moderation_labels(Image=COFFEE)
    assert engine.create_client().detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


@pytest.mark.parametrize(
    ("code", "status"), [("InternalServerError", 500), ("AccessDeniedException", 400), ("LimitExceededException", 400)]
)
def test_error_fault_returns_the_scripted_code_and_its_status(engine: RunningEngine, code: str, status: int) -> None:
    engine.add_fault(fault="error", code=code, calls=1)
    with pytest.raises(ClientError) as raised:
        engine.create_client().detect_moderation_labels(Image=COFFEE)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_error_fault_has_the_members_of_the_service_model(engine: RunningEngine) -> None:
    members = {"ResourceType": "human-loop", "QuotaCode": "L-1", "ServiceCode": "sagemaker"}
    engine.add_fault(
        fault="error", code="HumanLoopQuotaExceededException", message="Zu viele Prüfungen", members=members
    )
    client = engine.create_client()
    with pytest.raises(client.exceptions.HumanLoopQuotaExceededException) as raised:
        client.detect_moderation_labels(Image=COFFEE)
    response = raised.value.response
    assert response["Error"] == {"Code": "HumanLoopQuotaExceededException", "Message": "Zu viele Prüfungen"}
    assert {name: response[name] for name in members} == members


def test_fault_may_have_no_message(engine: RunningEngine) -> None:
    engine.add_fault(fault="error", code="AccessDeniedException", message="")
    with pytest.raises(ClientError) as raised:
        engine.create_client().detect_moderation_labels(Image=COFFEE)
    assert raised.value.response["Error"]["Message"] == ""


def test_outage_drops_connections_only_in_its_region(engine: RunningEngine) -> None:
    engine.add_fault(fault="outage", region="eu-west-1")
    with pytest.raises(ConnectionClosedError):
        engine.create_client("eu-west-1").detect_moderation_labels(Image=COFFEE)
    assert engine.create_client("us-east-1").detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


def test_outage_ends_after_its_seconds(engine: RunningEngine) -> None:
    engine.add_fault(fault="outage", seconds=0.5)
    with pytest.raises(ConnectionClosedError):
        engine.create_client().detect_moderation_labels(Image=COFFEE)
    time.sleep(0.6)
    assert engine.create_client().detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


def test_delay_fault_delays_the_response(engine: RunningEngine) -> None:
    engine.add_fault(fault="delay", delay_ms=700, calls=1)
    start = time.monotonic()
    engine.create_client().detect_moderation_labels(Image=COFFEE)
    assert time.monotonic() - start >= 0.7


def test_invalid_fault_is_refused(engine: RunningEngine) -> None:
    with pytest.raises(ValueError, match="fault must be one of throttle, error, outage, delay"):
        engine.add_fault(fault="rain")


def test_quota_refuses_calls_above_it_only_in_its_region(engine: RunningEngine) -> None:
    engine.request("/control/quotas", "POST", {"region": "eu-west-1", "operation": "DetectModerationLabels", "tps": 1})

    def call_eight_times(region: str) -> set[str]:
        with ThreadPoolExecutor(8) as callers:
            return set(callers.map(lambda _: call_and_get_code(engine, region), range(8)))

    try:
        assert call_eight_times("eu-west-1") == {"ok", "ProvisionedThroughputExceededException"}
        assert call_eight_times("us-east-1") == {"ok"}
    finally:
        engine.request("/control/quotas", "DELETE")
    assert call_eight_times("eu-west-1") == {"ok"}


def call_and_get_code(engine: RunningEngine, region: str) -> str:
    try:
        engine.create_client(region).detect_moderation_labels(Image=COFFEE)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({"region": "eu-west-3", "operation": "DetectFaces", "tps": 5}, "region 'eu-west-3' has no operation"),
        ({"region": ["eu-west-3"], "operation": "DetectFaces", "tps": 5}, "region must be a string"),
        ({"region": "eu-west-1", "operation": "DetectFaces", "rate": 5}, "unknown keys: rate; allowed keys: operation"),
        ({"region": "eu-west-1", "operation": "DetectFaces", "tps": None}, "tps must be a number of at least 1"),
        ([], "the body must be a JSON object"),
    ],
)
def test_invalid_quota_is_refused_with_the_reason(engine: RunningEngine, script: Any, message: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as raised:
        engine.request("/control/quotas", "POST", script)
    assert message in json.loads(raised.value.read())["error"]


def test_call_log_shows_the_request_and_its_outcome(engine: RunningEngine) -> None:
    engine.create_client().detect_moderation_labels(Image=load_photo("admiral.jpg"))
    (call,) = engine.list_calls()
    sent = (PHOTOS / "admiral.jpg").read_bytes()
    assert {name: call[name] for name in ("region", "operation", "mode", "bytes", "metadata", "answer", "sha256")} == {
        "region": "eu-west-1",
        "operation": "DetectModerationLabels",
        "mode": "bytes",
        "bytes": len(sent),
        "metadata": ["comment"],
        "answer": "ok",
        "sha256": hashlib.sha256(sent).hexdigest(),
    }


def test_call_log_counts_the_bytes_of_a_refused_call(engine: RunningEngine) -> None:
    engine.add_fault(fault="throttle")
    with pytest.raises(ClientError):
        engine.create_client().detect_moderation_labels(Image=COFFEE)
    (call,) = engine.list_calls()
    assert call["answer"] == "ProvisionedThroughputExceededException"
    assert call["bytes"] == len(COFFEE["Bytes"])


def test_call_log_shows_a_dropped_connection(engine: RunningEngine) -> None:
    with pytest.raises(ConnectionClosedError):
        engine.create_client("eu-west-3").detect_moderation_labels(Image=COFFEE)
    assert [(call["region"], call["answer"]) for call in engine.list_calls()] == [("eu-west-3", "ConnectionDropped")]


def test_call_log_shows_both_images_of_a_comparison(engine: RunningEngine) -> None:
    engine.create_client().compare_faces(SourceImage=load_photo("astronaut.jpg"), TargetImage=COFFEE)
    (call,) = engine.list_calls()
    assert call["bytes"] == len(load_photo("astronaut.jpg")["Bytes"]) + len(COFFEE["Bytes"])
    assert call["sha256"].count("+") == 1


@pytest.mark.parametrize("path", ["/", "/health", "/control/faults", "/control/calls"])
@pytest.mark.parametrize("header", ["Origin: http://evil.test", "Origin: null", "Host: evil.test"])
def test_a_web_page_is_refused_everywhere(engine: RunningEngine, path: str, header: str) -> None:
    name, _, value = header.partition(": ")
    request = urllib.request.Request(engine.url + path, b'{"fault": "throttle"}', {name: value})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=10)
    engine.create_client().detect_moderation_labels(Image=COFFEE)


def test_a_name_that_an_option_allows_is_answered() -> None:
    with run_engine("--workers", "1", "--allow-host", "host.docker.internal") as engine:
        request = urllib.request.Request(f"{engine.url}/health", headers={"Host": "host.docker.internal:4690"})
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 200


def test_without_control_option_there_is_no_control_endpoint_and_latency_option_applies() -> None:
    with run_engine("--workers", "1", "--latency-ms", "600") as engine:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            engine.list_calls()
        start = time.monotonic()
        engine.create_client().detect_moderation_labels(Image=COFFEE)
        assert time.monotonic() - start >= 0.6
