from dataclasses import replace
from typing import Any

import pytest
from rekbridge.demo import report
from rekbridge.demo.uploading import UploadOutcome
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion
from rekbridge_lambda.adapters.dynamodb import library_rows

from tests.unit.rekbridge.demo_outcomes import DONE, REFUSED, UNKNOWN, WAITING, with_result

FAILED = with_result(code="refused-by-service", reason="Invalid image encoding")
ACCEPTED = replace(DONE, sample=REFUSED.sample)
WITHOUT_RUN = replace(DONE, status=replace(DONE.status, run=None), timed_out=True)
WITH_STAGED_COPY = replace(DONE, staged_copies=frozenset({"a copy"}), timed_out=True)


@pytest.mark.parametrize("outcome", [DONE, REFUSED])
def test_an_expected_outcome_is_not_reported(outcome: UploadOutcome) -> None:
    assert report.describe_failures([outcome]) == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (UNKNOWN, "no source row"),
        (WAITING, "run run is pending: text, staged copies left: 1"),
        (WITHOUT_RUN, "image image has no run row"),
        (WITH_STAGED_COPY, "run run is done, staged copies left: 1"),
        (FAILED, "text: Invalid image encoding"),
        (replace(REFUSED, sample=DONE.sample), "refused (unreadable-image): this is a text"),
        (ACCEPTED, "run run is done"),
    ],
)
def test_an_unexpected_outcome_is_reported_with_its_state(outcome: UploadOutcome, state: str) -> None:
    [line] = report.describe_failures([outcome])
    assert state in line
    assert line.startswith("anna/cat.jpg: ")


def test_an_upload_is_settled_only_when_nothing_is_pending() -> None:
    assert [outcome.status.is_settled for outcome in (DONE, REFUSED, WAITING, UNKNOWN)] == [True, True, False, False]


def test_each_version_of_a_key_has_its_own_source_row() -> None:
    upload = ObjectVersion("anna/a b+c.jpg", "v2").to_upload()
    assert library_rows.make_source_key(upload) == {"pk": "SOURCE#anna/a b+c.jpg", "sk": "v2"}


class FakeQueueDepths:
    """Answers with the depth of each queue, by its URL."""

    def __init__(self, depths: dict[str, int]) -> None:
        self.depths = depths

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, dict[str, str]]:
        depth = str(self.depths.get(QueueUrl, 0))
        return {"Attributes": dict.fromkeys(AttributeNames, "0") | {"ApproximateNumberOfMessages": depth}}


def make_deployment(depths: dict[str, int]) -> Deployment:
    def queue(name: str) -> dict[str, str]:
        return {"name": name, "url": name, "dlq_name": f"{name}-dlq", "dlq_url": f"{name}-dlq"}

    names = ("uploads", "bridge", "results", "sweep_delivery_dlq", "events_delivery_dlq")
    queues: dict[str, Any] = {name: queue(name) for name in names} | {"work": {"text": queue("work-text")}}
    outputs = {"regions": {"home": "eu-west-3", "remote": "eu-west-1"}, "queues": queues}
    return Deployment(outputs, lambda _service, _region: FakeQueueDepths(depths))


def test_a_message_in_a_dlq_is_reported_with_its_queue() -> None:
    assert report.describe_queues(make_deployment({"work-text-dlq": 2})) == [
        "work-text-dlq (eu-west-3) holds 2 messages"
    ]


def test_a_message_in_the_delivery_dlq_of_events_is_reported_with_the_remote_region() -> None:
    assert report.describe_queues(make_deployment({"events_delivery_dlq": 1})) == [
        "events_delivery_dlq (eu-west-1) holds 1 messages"
    ]


def test_it_is_reported_that_all_queues_are_empty() -> None:
    assert report.describe_queues(make_deployment({})) == ["All queues and dead-letter queues are empty."]
