from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer, compute_backoff_s
from rekbridge_lambda.domain.errors import OutOfAttempts, Throttled, Unavailable, UnreadableMessage

from tests.builders import HOME, make_sqs_record

URL = f"https://sqs.{HOME}.amazonaws.com/000000000000/rekbridge-work-labels"
DLQ_URL = f"{URL}-dlq"


class RecordingSqs:
    """Records what the consumer does; with `error` every call fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.visibility_timeouts: list[int] = []
        self.dead_letters: list[dict[str, Any]] = []
        self.error = error

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        assert (QueueUrl, ReceiptHandle) == (URL, "a receipt")
        self.record(self.visibility_timeouts, VisibilityTimeout)

    def send_message(self, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any]) -> None:
        assert QueueUrl == DLQ_URL
        reason = MessageAttributes["reason"]["StringValue"]
        self.record(self.dead_letters, {"body": MessageBody, "reason": reason})

    def record(self, records: list[Any], record: Any) -> None:
        if self.error:
            raise self.error
        records.append(record)


def process(sqs: RecordingSqs, work: Callable[[Any, int], str], *records: dict[str, Any]) -> list[str]:
    """Process records; returns the ids of the messages that SQS must deliver again."""
    response = SqsConsumer(sqs, {URL: DLQ_URL}, lambda: "").process_batch({"Records": list(records)}, work)  # type: ignore[arg-type]
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def raise_error(error: Exception) -> Callable[[Any, int], str]:
    def work(body: Any, delivery: int) -> str:
        raise error

    return work


RECORD = make_sqs_record({"number": 1})


def test_a_processed_message_is_not_delivered_again() -> None:
    assert process(RecordingSqs(), lambda body, delivery: "done", RECORD) == []


def test_a_failing_message_blocks_no_other_message() -> None:
    done: list[int] = []

    def work(body: Any, delivery: int) -> str:
        if body["number"] == 2:
            raise Unavailable("later")
        done.append(body["number"])
        return "done"

    records = [make_sqs_record({"number": number}) for number in (1, 2, 3)]
    assert process(RecordingSqs(), work, *records) == [records[1]["messageId"]]
    assert done == [1, 3]


def test_a_message_that_has_to_wait_is_invisible_for_that_long() -> None:
    sqs = RecordingSqs()
    assert process(sqs, raise_error(Throttled("full", retry_in=40)), RECORD) == [RECORD["messageId"]]
    assert 40 <= sqs.visibility_timeouts[0] <= 50


def test_a_waiting_message_never_goes_to_the_dlq() -> None:
    sqs = RecordingSqs()
    process(sqs, raise_error(Throttled("full")), make_sqs_record({}, deliveries=999))
    assert sqs.dead_letters == []


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "MessageNotInflight"}}, "x"), EndpointConnectionError(endpoint_url="x")]
)
def test_a_message_is_delivered_again_when_setting_its_visibility_fails(error: Exception) -> None:
    assert process(RecordingSqs(error), raise_error(Unavailable("later")), RECORD) == [RECORD["messageId"]]


@pytest.mark.parametrize("error", [OutOfAttempts("5 attempts"), UnreadableMessage("not ours")])
def test_a_message_that_needs_a_person_goes_to_the_dlq_with_its_reason(error: Exception) -> None:
    sqs = RecordingSqs()
    assert process(sqs, raise_error(error), RECORD) == []
    assert sqs.dead_letters == [{"body": RECORD["body"], "reason": repr(error)}]


def test_a_message_is_delivered_again_after_an_unexpected_error() -> None:
    sqs = RecordingSqs()
    assert process(sqs, raise_error(KeyError("x")), make_sqs_record({}, deliveries=4)) != []
    assert sqs.dead_letters == []


def test_a_message_goes_to_the_dlq_after_an_unexpected_error_in_its_fifth_delivery() -> None:
    sqs = RecordingSqs()
    assert process(sqs, raise_error(KeyError("x")), make_sqs_record({}, deliveries=5)) == []
    assert sqs.dead_letters[0]["reason"] == "KeyError('x')"


def test_an_unexpected_error_after_many_deliveries_is_delivered_again_first() -> None:
    sqs = RecordingSqs()
    assert process(sqs, raise_error(KeyError("x")), make_sqs_record({}, deliveries=11)) != []
    assert sqs.dead_letters == []


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "500"}}, "x"), EndpointConnectionError(endpoint_url="x")]
)
def test_a_message_that_the_dlq_does_not_accept_stays_and_blocks_no_other_message(error: Exception) -> None:
    records = [make_sqs_record({"number": number}) for number in (1, 2)]
    failed = process(RecordingSqs(error), raise_error(OutOfAttempts("x")), *records)
    assert failed == [record["messageId"] for record in records]


@pytest.mark.parametrize("body", ["", "no json", "[]", "null", '"text"', "7", "[" * 100_000])
def test_a_body_that_is_not_a_json_object_is_unreadable(body: str) -> None:
    sqs = RecordingSqs()
    assert process(sqs, lambda body, delivery: "done", make_sqs_record(body)) == []
    assert sqs.dead_letters[0]["reason"].startswith("UnreadableMessage")


@pytest.mark.parametrize("body", ["no json: anna/passport.jpg", '["anna/passport.jpg"]', '"anna/passport.jpg"'])
def test_neither_log_nor_reason_of_an_unreadable_body_contains_its_key(
    body: str, caplog: pytest.LogCaptureFixture
) -> None:
    sqs = RecordingSqs()
    process(sqs, lambda body, delivery: "done", make_sqs_record(body))
    text = caplog.text + sqs.dead_letters[0]["reason"]
    assert f"{len(body)} characters" in text
    assert "passport" not in text


def test_a_reason_contains_nothing_that_sqs_refuses() -> None:
    sqs = RecordingSqs()
    process(sqs, raise_error(OutOfAttempts("bell \x07 and nul \x00" + "x" * 5000)), RECORD)
    assert sqs.dead_letters[0]["reason"].isprintable()
    assert len(sqs.dead_letters[0]["reason"]) == 1000


@pytest.mark.parametrize("retry_in", [None, 0.0, 0.1, 60.0, 900.0, 86_400.0])
@pytest.mark.parametrize("deliveries", [1, 5, 1000])
def test_a_backoff_is_between_a_second_and_fifteen_minutes(retry_in: float | None, deliveries: int) -> None:
    backoffs = {compute_backoff_s(Unavailable("x", retry_in), deliveries) for _ in range(200)}
    assert all(1 <= backoff <= 15 * 60 for backoff in backoffs)


@pytest.mark.parametrize("retry_in", [None, 60.0, 900.0])
def test_a_backoff_has_jitter(retry_in: float | None) -> None:
    assert len({compute_backoff_s(Unavailable("x", retry_in), 9) for _ in range(200)}) > 5


def test_a_backoff_is_never_shorter_than_retry_in() -> None:
    assert min(compute_backoff_s(Unavailable("x", 60), 1) for _ in range(200)) >= 60


@pytest.mark.parametrize(("deliveries", "least"), [(1, 1), (48, 6), (96, 50), (1000, 720)])
def test_a_short_wait_grows_with_the_number_of_deliveries(deliveries: int, least: int) -> None:
    backoffs = [compute_backoff_s(Unavailable("x", 0.1), deliveries) for _ in range(100)]
    assert least <= min(backoffs) <= max(backoffs) <= ceil(least / 0.75) + 1


@pytest.mark.parametrize(("deliveries", "longest"), [(1, 2), (4, 16), (8, 256), (99, 900)])
def test_a_backoff_without_retry_in_doubles_with_every_delivery(deliveries: int, longest: int) -> None:
    backoffs = [compute_backoff_s(Unavailable("x"), deliveries) for _ in range(100)]
    assert longest / 2 <= min(backoffs) <= max(backoffs) <= longest


def test_work_gets_the_number_of_the_delivery() -> None:
    deliveries: list[int] = []

    def work(body: Any, delivery: int) -> str:
        deliveries.append(delivery)
        return "done"

    process(RecordingSqs(), work, make_sqs_record({}, deliveries=3))
    assert deliveries == [3]
