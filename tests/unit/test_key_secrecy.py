"""Every failure of every port, while a file with a telling key is processed: the key reaches no log and no trace.

Nor any answer to another caller. Only the rows of the upload itself have it.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder  # type: ignore[import-untyped]
from botocore.exceptions import ClientError, EndpointConnectionError
from rekbridge_lambda.adapters.aws import map_aws_errors
from rekbridge_lambda.adapters.s3.events import parse_s3_event
from rekbridge_lambda.adapters.sqs.consumer import DELIVERIES_PER_BUG, SqsConsumer
from rekbridge_lambda.adapters.sqs.messages import decode_message, encode_message
from rekbridge_lambda.adapters.tracing import trace_segment
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.uploads import Upload

from tests.api_caller import ApiCaller
from tests.builders import make_s3_event, make_sqs_record
from tests.crash_points import WrapPort
from tests.pipeline_harness import PipelineHarness

SECRETS = ("anna-secret-name", "passport")
KEY = "anna-secret-name/passport.png"
URL = f"https://media.s3.eu-west-3.amazonaws.com/{KEY}"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
QUEUE = "https://sqs.eu-west-3.amazonaws.com/000000000000/rekbridge-work-labels"


def make_client_error(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": f"not authorized on arn:aws:s3:::media/{KEY}"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "GetObject")


# What AWS's clients raise, and bugs that quote what they were about.
ERRORS: dict[str, Callable[[], Exception]] = {
    "denied": lambda: make_client_error("AccessDenied", 403),
    "busy": lambda: make_client_error("SlowDown", 503),
    "network": lambda: EndpointConnectionError(endpoint_url=URL),
    "bug": lambda: KeyError(KEY),
    "chained bug": lambda: make_chained_bug(),
}


def make_chained_bug() -> Exception:
    try:
        raise ValueError(f"no such file: {KEY}")
    except ValueError as cause:
        bug = RuntimeError(KEY)
        bug.__cause__ = cause
        return bug


@dataclass
class FailAt:
    """Lets the call with this number fail as its adapter would: `map_aws_errors` is around every call of AWS."""

    number: int
    make_error: Callable[[], Exception]
    calls: int = field(default=0, init=False)

    def __call__(self, port: Any) -> Any:
        return FailingPort(port, self)

    def count_call(self) -> None:
        self.calls += 1
        if self.calls == self.number:
            with map_aws_errors():
                raise self.make_error()


class FailingPort:
    """A port whose calls are counted."""

    def __init__(self, port: Any, failure: FailAt) -> None:
        self._port, self._failure = port, failure

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self._failure.count_call()
            return attribute(*arguments, **keywords)

        return call


class AcceptingSqs:
    """An SQS that accepts everything."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The documents that X-Ray's daemon gets. Every logger logs everything that it has."""
    documents: list[str] = []
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(xray_recorder.emitter, "_send_data", documents.append)
    # As in Lambda: every subsegment is sent when it has ended.
    monkeypatch.setattr(xray_recorder, "streaming_threshold", 0)
    # It would stay patched for all other tests of this process; tests/unit/adapters/test_tracing.py patches it.
    monkeypatch.setattr("aws_xray_sdk.core.patch", lambda _: None)
    return documents


def process(body: dict[str, Any], work: Callable[[Any, int], str]) -> None:
    """Process a message as its Lambda does, at a delivery that sends a bug to the DLQ."""
    consumer = SqsConsumer(AcceptingSqs(), {QUEUE: f"{QUEUE}-dlq"}, lambda: TRACE)  # type: ignore[arg-type]
    consumer.process_batch({"Records": [make_sqs_record(body, DELIVERIES_PER_BUG)]}, work)


def make_harness() -> tuple[PipelineHarness, Upload]:
    harness = PipelineHarness()
    return harness, harness.store_original(key=KEY)


def ingest(wrap: WrapPort) -> None:
    harness, upload = make_harness()
    process(
        make_s3_event(upload),
        lambda body, delivery: "; ".join(harness.ingest(one, wrap, delivery) for one in parse_s3_event(body)),
    )


def bridge(wrap: WrapPort) -> None:
    harness, upload = make_harness()
    harness.ingest(upload)
    [copy] = harness.staging.bodies
    process(make_s3_event(upload), lambda *_: harness.bridge(copy, wrap))


def analyze(wrap: WrapPort, operation: str = "labels") -> None:
    harness, upload = make_harness()
    work = harness.ingest_and_get_work(upload, operation)
    process(json.loads(encode_message(work)), lambda body, _: harness.analyze(decode_message(Work, body), wrap))


def analyze_staged(wrap: WrapPort) -> None:
    analyze(wrap, "text")


def route(wrap: WrapPort) -> None:
    harness, upload = make_harness()
    harness.analyze(harness.ingest_and_get_work(upload))
    body = json.loads(encode_message(harness.result_queue[0]))
    process(body, lambda body, _: harness.route(decode_message(AnalysisFinished, body), wrap))


def sweep(wrap: WrapPort) -> None:
    harness, upload = make_harness()
    harness.ingest(upload)
    harness.now.at += 24 * 3600 * 1000
    try:
        with trace_segment("sweep", TRACE):
            harness.sweep(wrap)
    # Lambda's runtime logs what SWEEP raises; it has no key to quote, whatever its ports raise.
    except Exception:
        logging.getLogger(__name__).info("the sweep has failed")


USE_CASES = [ingest, bridge, analyze, analyze_staged, route, sweep]


def count_calls(act: Callable[[WrapPort], None]) -> int:
    never = FailAt(0, lambda: KeyError(""))
    act(never)
    return never.calls


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("act", USE_CASES, ids=lambda act: act.__name__)
def test_no_failure_of_the_pipeline_shows_a_key(
    act: Callable[[WrapPort], None], error: str, sent: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    number = count_calls(act)
    assert number > 1
    assert sent
    for failing in range(1, number + 1):
        act(FailAt(failing, ERRORS[error]))
    assert len(sent) > number
    assert [secret for secret in SECRETS if secret in caplog.text or secret in "".join(sent)] == []
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    "body",
    [
        {"Records": [{"eventVersion": KEY}]},
        {"Records": [{"eventVersion": "2.1", "s3": {"object": {"key": KEY, "size": 1}}, "eventTime": KEY}]},
        {"Records": [{"eventVersion": "2.1", "s3": {"object": {"key": {KEY: KEY}, "size": 1}}}]},
        {"Records": KEY},
        {"run_id": KEY, "operation": KEY, "schema": 2},
        {"run_id": "f" * 32, "operation": KEY, "schema": 2},
        {"run_id": "f" * 32, "operation": "labels", "schema": 2, KEY: KEY},
        {"run_id": "f" * 32, "operation": "labels", "schema": KEY},
    ],
    ids=str,
)
def test_no_malformed_message_is_quoted(
    body: dict[str, Any], sent: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    harness = PipelineHarness()
    process(body, lambda body, delivery: "; ".join(harness.ingest(one) for one in parse_s3_event(body)))
    process(body, lambda body, _: harness.analyze(decode_message(Work, body)))
    process(body, lambda body, _: harness.route(decode_message(AnalysisFinished, body)))
    process(body, lambda body, _: harness.bridge(KEY))
    assert caplog.records
    assert [secret for secret in SECRETS if secret in caplog.text or secret in "".join(sent)] == []


@pytest.mark.parametrize("error", ERRORS)
def test_no_failure_of_the_api_shows_a_key(error: str, sent: list[str], caplog: pytest.LogCaptureFixture) -> None:
    def send(wrap: WrapPort) -> Any:
        caller = ApiCaller(trace=TRACE)
        harness = caller.harness
        harness.store_original(key=KEY)
        for name in ("media", "preparer", "owner_keys", "results", "claims", "region_selector", "rekognition"):
            setattr(harness, name, wrap(getattr(harness, name)))
        caller.upload_signer = wrap(caller.upload_signer)
        replies = [caller.analyze("labels", {"Image": {"S3Object": {"Name": KEY}}})]
        form = caller.post("/uploads", json.dumps({"key": KEY}).encode(), "application/json")
        return replies if form.status == 200 else [*replies, form]

    never = FailAt(0, lambda: KeyError(""))
    [reply] = send(never)
    assert reply.status == 200
    for failing in range(1, never.calls + 1):
        for reply in send(FailAt(failing, ERRORS[error])):
            assert not [secret for secret in SECRETS if secret in json.dumps(reply.json)], reply.json
    assert [secret for secret in SECRETS if secret in caplog.text or secret in "".join(sent)] == []
