from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rekbridge_lambda.adapters.sqs.consumer import Queues, wait_s
from rekbridge_lambda.domain.errors import OutOfAttempts, Throttled, Unavailable, UnreadableMessage

from tests.builders import HOME, sqs_record

URL = f"https://sqs.{HOME}.amazonaws.com/000000000000/rekbridge-work-labels"
DEAD = f"{URL}-dead"


class FakeSqs:
    """Remembers what it was told; `broken` is what it answers instead."""

    def __init__(self, broken: Exception | None = None) -> None:
        self.hidden: list[int] = []
        self.buried: list[dict[str, Any]] = []
        self.broken = broken

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        assert (QueueUrl, ReceiptHandle) == (URL, "a receipt")
        self.tell(self.hidden, VisibilityTimeout)

    def send_message(self, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any]) -> None:
        assert QueueUrl == DEAD
        why = MessageAttributes["reason"]["StringValue"]
        self.tell(self.buried, {"body": MessageBody, "why": why})

    def tell(self, to: list[Any], what: Any) -> None:
        if self.broken:
            raise self.broken
        to.append(what)


def each(sqs: FakeSqs, work: Callable[[Any, int], str], *records: dict[str, Any]) -> list[str]:
    """The messages that SQS is asked to deliver again."""
    answer = Queues(sqs, {URL: DEAD}, lambda: "").each({"Records": list(records)}, work)  # type: ignore[arg-type]
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def raising(error: Exception) -> Callable[[Any, int], str]:
    def work(body: Any, delivery: int) -> str:
        raise error

    return work


ONE = sqs_record({"number": 1})


def test_what_was_done_is_not_delivered_again() -> None:
    assert each(FakeSqs(), lambda body, delivery: "done", ONE) == []


def test_one_bad_message_holds_up_no_neighbour() -> None:
    done: list[int] = []

    def work(body: Any, delivery: int) -> str:
        if body["number"] == 2:
            raise Unavailable("later")
        done.append(body["number"])
        return "done"

    records = [sqs_record({"number": number}) for number in (1, 2, 3)]
    assert each(FakeSqs(), work, *records) == [records[1]["messageId"]]
    assert done == [1, 3]


def test_what_has_to_wait_is_hidden_for_that_long() -> None:
    sqs = FakeSqs()
    assert each(sqs, raising(Throttled("full", retry_in=40)), ONE) == [ONE["messageId"]]
    assert 40 <= sqs.hidden[0] <= 50


def test_waiting_never_buries() -> None:
    sqs = FakeSqs()
    each(sqs, raising(Throttled("full")), sqs_record({}, deliveries=999))
    assert sqs.buried == []


@pytest.mark.parametrize(
    "broken", [ClientError({"Error": {"Code": "MessageNotInflight"}}, "x"), EndpointConnectionError(endpoint_url="x")]
)
def test_a_message_whose_wait_sqs_did_not_hear_still_comes_again(broken: Exception) -> None:
    assert each(FakeSqs(broken), raising(Unavailable("later")), ONE) == [ONE["messageId"]]


@pytest.mark.parametrize("error", [OutOfAttempts("5 attempts"), UnreadableMessage("not ours")])
def test_what_a_person_has_to_see_is_buried_with_its_reason(error: Exception) -> None:
    sqs = FakeSqs()
    assert each(sqs, raising(error), ONE) == []
    assert sqs.buried == [{"body": ONE["body"], "why": repr(error)}]


def test_a_bug_is_delivered_again_first() -> None:
    sqs = FakeSqs()
    assert each(sqs, raising(KeyError("x")), sqs_record({}, deliveries=4)) != []
    assert sqs.buried == []


def test_a_bug_is_buried_after_five_deliveries() -> None:
    sqs = FakeSqs()
    assert each(sqs, raising(KeyError("x")), sqs_record({}, deliveries=5)) == []
    assert sqs.buried[0]["why"] == "KeyError('x')"


def test_a_hiccup_after_a_long_wait_is_delivered_again_first() -> None:
    sqs = FakeSqs()
    assert each(sqs, raising(KeyError("x")), sqs_record({}, deliveries=11)) != []
    assert sqs.buried == []


@pytest.mark.parametrize(
    "broken", [ClientError({"Error": {"Code": "500"}}, "x"), EndpointConnectionError(endpoint_url="x")]
)
def test_a_message_that_could_not_be_buried_stays_and_holds_up_no_neighbour(broken: Exception) -> None:
    records = [sqs_record({"number": number}) for number in (1, 2)]
    again = each(FakeSqs(broken), raising(OutOfAttempts("x")), *records)
    assert again == [record["messageId"] for record in records]


@pytest.mark.parametrize("body", ["", "no json", "[]", "null", '"text"', "7", "[" * 100_000])
def test_a_body_that_is_no_object_is_unreadable(body: str) -> None:
    sqs = FakeSqs()
    assert each(sqs, lambda body, delivery: "done", sqs_record(body)) == []
    assert sqs.buried[0]["why"].startswith("UnreadableMessage")


@pytest.mark.parametrize("body", ["no json: anna/passport.jpg", '["anna/passport.jpg"]', '"anna/passport.jpg"'])
def test_neither_log_nor_reason_of_an_unreadable_body_tells_the_key_in_it(
    body: str, caplog: pytest.LogCaptureFixture
) -> None:
    sqs = FakeSqs()
    each(sqs, lambda body, delivery: "done", sqs_record(body))
    told = caplog.text + sqs.buried[0]["why"]
    assert f"{len(body)} characters" in told
    assert "passport" not in told


def test_a_reason_holds_nothing_that_sqs_refuses() -> None:
    sqs = FakeSqs()
    each(sqs, raising(OutOfAttempts("bell \x07 and nul \x00" + "x" * 5000)), ONE)
    assert sqs.buried[0]["why"].isprintable()
    assert len(sqs.buried[0]["why"]) == 1000


@pytest.mark.parametrize("retry_in", [None, 0.0, 0.1, 60.0, 900.0, 86_400.0])
@pytest.mark.parametrize("deliveries", [1, 5, 1000])
def test_a_wait_is_between_a_second_and_fifteen_minutes(retry_in: float | None, deliveries: int) -> None:
    waits = {wait_s(Unavailable("x", retry_in), deliveries) for _ in range(200)}
    assert all(1 <= wait <= 15 * 60 for wait in waits)


@pytest.mark.parametrize("retry_in", [None, 60.0, 900.0])
def test_those_who_wait_do_not_come_back_together(retry_in: float | None) -> None:
    assert len({wait_s(Unavailable("x", retry_in), 9) for _ in range(200)}) > 5


def test_a_wait_that_is_known_is_never_cut_short() -> None:
    assert min(wait_s(Unavailable("x", 60), 1) for _ in range(200)) >= 60


@pytest.mark.parametrize(("deliveries", "least"), [(1, 1), (48, 6), (96, 50), (1000, 720)])
def test_a_short_wait_that_comes_again_and_again_grows(deliveries: int, least: int) -> None:
    waits = [wait_s(Unavailable("x", 0.1), deliveries) for _ in range(100)]
    assert least <= min(waits) <= max(waits) <= ceil(least / 0.75) + 1


@pytest.mark.parametrize(("deliveries", "longest"), [(1, 2), (4, 16), (8, 256), (99, 900)])
def test_an_unknown_wait_doubles_with_every_delivery(deliveries: int, longest: int) -> None:
    waits = [wait_s(Unavailable("x"), deliveries) for _ in range(100)]
    assert longest / 2 <= min(waits) <= max(waits) <= longest


def test_work_is_told_which_delivery_it_is() -> None:
    told: list[int] = []

    def work(body: Any, delivery: int) -> str:
        told.append(delivery)
        return "done"

    each(FakeSqs(), work, sqs_record({}, deliveries=3))
    assert told == [3]
