"""Faults and the call log as a test uses them, through boto3."""

import hashlib
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.engine.running import PHOTOS, Engine, photo, running

COFFEE = photo("coffee.jpg")


def test_a_throttle_reads_like_one_of_aws(engine: Engine) -> None:
    engine.fault(fault="throttle", operation="DetectModerationLabels", calls=1)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        engine.client().detect_moderation_labels(Image=COFFEE)
    assert engine.client().detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


@pytest.mark.parametrize(
    ("code", "status"), [("InternalServerError", 500), ("AccessDeniedException", 400), ("LimitExceededException", 400)]
)
def test_an_error_has_the_scripted_code_and_its_status(engine: Engine, code: str, status: int) -> None:
    engine.fault(fault="error", code=code, calls=1)
    with pytest.raises(ClientError) as refused:
        engine.client().detect_moderation_labels(Image=COFFEE)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_an_outage_drops_the_connection_of_its_region_only(engine: Engine) -> None:
    engine.fault(fault="outage", region="eu-west-1")
    with pytest.raises(ConnectionClosedError):
        engine.client("eu-west-1").detect_moderation_labels(Image=COFFEE)
    assert engine.client("us-east-1").detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


def test_an_outage_ends_with_its_time(engine: Engine) -> None:
    engine.fault(fault="outage", seconds=0.5)
    with pytest.raises(ConnectionClosedError):
        engine.client().detect_moderation_labels(Image=COFFEE)
    time.sleep(0.6)
    assert engine.client().detect_moderation_labels(Image=COFFEE)["ModerationLabels"] == []


def test_a_delay_answers_late(engine: Engine) -> None:
    engine.fault(fault="delay", delay_ms=700, calls=1)
    start = time.monotonic()
    engine.client().detect_moderation_labels(Image=COFFEE)
    assert time.monotonic() - start >= 0.7


def test_a_script_that_cannot_be_meant_is_refused(engine: Engine) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        engine.fault(fault="rain")


def test_a_quota_refuses_what_is_above_it_in_its_region_only(engine: Engine) -> None:
    engine.http("/control/quotas", "POST", {"region": "eu-west-1", "operation": "DetectModerationLabels", "tps": 1})

    def answers(region: str) -> set[str]:
        with ThreadPoolExecutor(8) as callers:
            return set(callers.map(lambda _: answer(engine, region), range(8)))

    try:
        assert answers("eu-west-1") == {"ok", "ProvisionedThroughputExceededException"}
        assert answers("us-east-1") == {"ok"}
    finally:
        engine.http("/control/quotas", "DELETE")
    assert answers("eu-west-1") == {"ok"}


def answer(engine: Engine, region: str) -> str:
    try:
        engine.client(region).detect_moderation_labels(Image=COFFEE)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


def test_a_quota_that_cannot_be_meant_is_refused(engine: Engine) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        engine.http("/control/quotas", "POST", {"region": "eu-west-3", "operation": "DetectFaces", "tps": 5})


def test_the_log_tells_what_was_sent_and_what_came_back(engine: Engine) -> None:
    engine.client().detect_moderation_labels(Image=photo("admiral.jpg"))
    (call,) = engine.calls()
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


def test_the_log_tells_of_bytes_that_were_refused(engine: Engine) -> None:
    engine.fault(fault="throttle")
    with pytest.raises(ClientError):
        engine.client().detect_moderation_labels(Image=COFFEE)
    (call,) = engine.calls()
    assert call["answer"] == "ProvisionedThroughputExceededException"
    assert call["bytes"] == len(COFFEE["Bytes"])


def test_the_log_tells_of_a_dropped_connection(engine: Engine) -> None:
    with pytest.raises(ConnectionClosedError):
        engine.client("eu-west-3").detect_moderation_labels(Image=COFFEE)
    assert [(call["region"], call["answer"]) for call in engine.calls()] == [("eu-west-3", "ConnectionDropped")]


def test_a_comparison_logs_both_images(engine: Engine) -> None:
    engine.client().compare_faces(SourceImage=photo("astronaut.jpg"), TargetImage=COFFEE)
    (call,) = engine.calls()
    assert call["bytes"] == len(photo("astronaut.jpg")["Bytes"]) + len(COFFEE["Bytes"])
    assert call["sha256"].count("+") == 1


def test_without_the_option_there_is_no_control_endpoint_and_answers_keep_their_latency() -> None:
    with running("--workers", "1", "--latency-ms", "600") as engine:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            engine.calls()
        start = time.monotonic()
        engine.client().detect_moderation_labels(Image=COFFEE)
        assert time.monotonic() - start >= 0.6
