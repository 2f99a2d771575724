"""The log: success and expected waiting at INFO, failures at WARNING or above, and an id in every line."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rekbridge_lambda.adapters.http.api_gateway import ApiGatewayRouter
from rekbridge_lambda.adapters.http.routes import ApiRequest
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.domain.errors import (
    Gone,
    NoAnswer,
    OutOfAttempts,
    RekbridgeError,
    RequestTooLarge,
    Throttled,
    Unavailable,
    UnknownOperation,
    UnreadableMessage,
)

from tests.api_caller import make_api_event
from tests.builders import make_sqs_record
from tests.contract.cloud import Cloud
from tests.contract.deployed_pipeline import DeployedPipeline

MESSAGE = {"run_id": "0123456789abcdef0123456789abcdef", "operation": "labels"}
ROUTE = ("POST", "/analyze/{operation}")
REQUEST = make_api_event(*ROUTE, b"an image", "image/jpeg", operation="labels")

type ProcessMessage = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def default_log_level() -> Iterator[None]:
    """Sets the level that a deployment has by default. Restores the previous one after the test."""
    logger = logging.getLogger("rekbridge_lambda")
    previous = logger.level
    set_log_level("INFO")
    yield
    logger.setLevel(previous)


@pytest.fixture
def process_message(cloud: Cloud) -> ProcessMessage:
    """Processes one message with work that succeeds or raises the error. Returns the fields of its log lines."""

    def process(
        error: Exception | None = None, deliveries: int = 1, dlq_exists: bool = True, receipt_is_valid: bool = True
    ) -> dict[str, Any]:
        sqs, url = cloud.client("sqs"), cloud.create_queue()
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        record = make_sqs_record(MESSAGE, deliveries, url.rpartition("/")[2])
        record["receiptHandle"] = message["ReceiptHandle"] if receipt_is_valid else "invalid"

        def work(body: Any, delivery: int) -> str:
            if error:
                raise error
            return "labels stored"

        dlq_url = cloud.create_queue() if dlq_exists else f"{url}-missing"
        SqsConsumer(sqs, {url: dlq_url}, lambda: "").process_batch({"Records": [record]}, work)
        return {"message_id": record["messageId"], "run_id": MESSAGE["run_id"], "delivery": deliveries}

    return process


def answer_request(error: Exception | None = None) -> int:
    """Answers one request with a route that succeeds or raises the error. Returns the HTTP status."""

    def answer(request: ApiRequest) -> dict[str, Any]:
        if error:
            raise error
        return {}

    response = ApiGatewayRouter({ROUTE: answer}, lambda: "").handle_event(REQUEST, 1000)
    return int(response["statusCode"])


def list_lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records]


def list_lines_without(caplog: pytest.LogCaptureFixture, fields: dict[str, Any]) -> list[str]:
    """The lines that lack one of these fields, or have another value in it."""
    return [record.getMessage() for record in caplog.records if not fields.items() <= vars(record).items()]


def test_a_sweep_logs_why_a_part_of_it_failed(
    pipeline: DeployedPipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("anna/passport.jpg")

    monkeypatch.setattr(pipeline.functions["sweep"].sweeper.staging.__class__, "list_copies", fail)
    with pytest.raises(ExceptionGroup):
        pipeline.sweep()
    assert "a part of the sweep failed: KeyError" in caplog.text
    assert "anna" not in caplog.text


def test_success_is_logged_at_info(process_message: ProcessMessage, caplog: pytest.LogCaptureFixture) -> None:
    process_message()
    assert list_lines(caplog) == [(logging.INFO, "done: labels stored")]


def test_a_retry_is_logged_at_info(process_message: ProcessMessage, caplog: pytest.LogCaptureFixture) -> None:
    process_message(Throttled("every region is full", retry_in=40))
    [(level, line)] = list_lines(caplog)
    assert level == logging.INFO
    assert line.startswith("will be retried in ")
    assert line.endswith(" s: every region is full")


@pytest.mark.parametrize("error", [OutOfAttempts("5 attempts"), UnreadableMessage("no JSON")])
def test_a_message_sent_to_the_dlq_is_logged_at_error(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    process_message(error)
    [(level, line)] = list_lines(caplog)
    assert level == logging.ERROR
    assert re.fullmatch(f"sent to the dead-letter queue queue-[0-9]+: {error}", line)


def test_an_unexpected_error_is_logged_at_error_with_its_traceback(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture
) -> None:
    process_message(KeyError("x"))
    [(level, line)] = list_lines(caplog)
    assert level == logging.ERROR
    assert re.search(r"KeyError at .*test_logs\.py:\d+ work < .*consumer\.py:\d+ process_record", line)


@pytest.mark.parametrize(
    "error",
    [None, Throttled("full", retry_in=1), OutOfAttempts("5 attempts"), KeyError("x")],
    ids=["success", "retry", "dlq", "unexpected"],
)
def test_every_line_about_a_message_has_its_ids(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    fields = process_message(error, deliveries=3)
    assert caplog.records
    assert list_lines_without(caplog, fields) == []


@pytest.mark.parametrize(
    ("error", "failure"),
    [(Throttled("full"), {"receipt_is_valid": False}), (OutOfAttempts("5 attempts"), {"dlq_exists": False})],
    ids=["set_visibility", "send_to_dlq"],
)
def test_a_failed_call_of_sqs_is_logged_with_the_ids_of_the_message(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture, error: Exception, failure: dict[str, bool]
) -> None:
    fields = process_message(error, **failure)
    assert list_lines_without(caplog, fields) == []


def test_a_retry_whose_visibility_could_not_be_set_is_logged_at_warning(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture
) -> None:
    process_message(Throttled("full"), receipt_is_valid=False)
    assert [level for level, _ in list_lines(caplog)] == [logging.INFO, logging.WARNING]


def test_a_message_that_the_dlq_did_not_accept_is_logged_as_staying_in_its_queue(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture
) -> None:
    process_message(OutOfAttempts("5 attempts"), dlq_exists=False)
    [(level, line)] = list_lines(caplog)
    assert level == logging.ERROR
    assert line.startswith("the dead-letter queue did not accept the message; it stays in its queue: SendMessage: ")


def test_a_success_of_the_api_is_logged_at_info(caplog: pytest.LogCaptureFixture) -> None:
    assert answer_request() == 200
    assert list_lines(caplog) == [(logging.INFO, "answered 200")]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Gone("missing"), 404),
        (UnknownOperation("unknown"), 404),
        (RequestTooLarge("too large"), 413),
        (Throttled("full"), 429),
    ],
)
def test_a_mistake_of_the_caller_is_logged_at_info(
    caplog: pytest.LogCaptureFixture, error: RekbridgeError, status: int
) -> None:
    assert answer_request(error) == status
    [(level, line)] = list_lines(caplog)
    assert (level, line.startswith(f"answered {status}: ")) == (logging.INFO, True)


@pytest.mark.parametrize(
    ("error", "status"), [(Unavailable("busy"), 503), (NoAnswer("slow"), 504), (OutOfAttempts("5 attempts"), 502)]
)
def test_a_failure_of_a_service_is_logged_at_warning(
    caplog: pytest.LogCaptureFixture, error: RekbridgeError, status: int
) -> None:
    assert answer_request(error) == status
    assert list_lines(caplog) == [(logging.WARNING, f"answered {status}: {error}")]


def test_an_unexpected_error_of_the_api_is_logged_at_error(caplog: pytest.LogCaptureFixture) -> None:
    assert answer_request(KeyError("x")) == 500
    [(level, line)] = list_lines(caplog)
    assert level == logging.ERROR
    assert line.startswith("unexpected error, answered 500: KeyError at ")


@pytest.mark.parametrize(
    "error",
    [None, Gone("missing"), Unavailable("busy"), KeyError("x")],
    ids=["success", "4xx", "5xx", "unexpected"],
)
def test_every_line_about_a_request_has_its_id_and_route(
    caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    answer_request(error)
    assert caplog.records
    fields = {"request_id": REQUEST["requestContext"]["requestId"], "route": "POST /analyze/{operation}"}
    assert list_lines_without(caplog, fields) == []


def test_the_log_level_warning_hides_info_and_keeps_warning_and_error(
    process_message: ProcessMessage, caplog: pytest.LogCaptureFixture
) -> None:
    set_log_level("WARNING")
    process_message()
    process_message(Throttled("full"))
    answer_request()
    answer_request(Gone("missing"))
    assert list_lines(caplog) == []
    process_message(OutOfAttempts("5 attempts"))
    answer_request(Unavailable("busy"))
    assert [level for level, _ in list_lines(caplog)] == [logging.ERROR, logging.WARNING]


def test_nothing_is_logged_at_warning_while_an_image_is_analyzed(
    pipeline: DeployedPipeline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    pipeline.upload("anna/cat.png")
    pipeline.bridge_staged_copies()
    pipeline.analyze()
    pipeline.route()
    pipeline.sweep()
    [run] = pipeline.list_rows("RUN#")
    assert "pending" not in run
    loggers = {record.name for record in caplog.records}
    assert {"rekbridge_lambda.adapters.sqs.consumer", "rekbridge_lambda.entrypoints.sweep"} <= loggers
    assert [line for line in list_lines(caplog) if line[0] >= logging.WARNING] == []


def test_every_line_about_a_work_message_of_the_pipeline_has_its_run_id(
    pipeline: DeployedPipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.upload("anna/cat.png")
    pipeline.bridge_staged_copies()
    caplog.clear()
    pipeline.analyze()
    pipeline.route()
    [run] = pipeline.list_rows("RUN#")
    run_id = run["pk"].removeprefix("RUN#")
    assert len(caplog.records) == 4
    assert list_lines_without(caplog, {"run_id": run_id}) == []
    assert all(hasattr(record, "message_id") for record in caplog.records)
