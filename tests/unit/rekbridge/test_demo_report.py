from dataclasses import replace
from typing import Any

import pytest
from rekbridge.demo import report
from rekbridge.demo.uploading import Told
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Version

from tests.unit.rekbridge.demo_stories import DONE, REFUSED, UNSEEN, WAITING, with_result

FAILED = with_result(code="refused-by-service", reason="Invalid image encoding")
ACCEPTED = replace(DONE, sample=REFUSED.sample)
FORGOTTEN = replace(DONE, story=replace(DONE.story, run=None), late=True)
LEFT = replace(DONE, left=frozenset({"a copy"}), late=True)


@pytest.mark.parametrize("told", [DONE, REFUSED])
def test_what_came_out_as_it_was_meant_to_is_no_news(told: Told) -> None:
    assert report.stuck([told]) == []


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (UNSEEN, "no source row"),
        (WAITING, "run run waits for text, staged copies left: 1"),
        (FORGOTTEN, "image image has no run row"),
        (LEFT, "run run is done, staged copies left: 1"),
        (FAILED, "text: Invalid image encoding"),
        (replace(REFUSED, sample=DONE.sample), "refused (unreadable-image): this is a text"),
        (ACCEPTED, "run run is done"),
    ],
)
def test_everything_else_is_told_with_its_state(told: Told, state: str) -> None:
    [line] = report.stuck([told])
    assert state in line
    assert line.startswith("anna/cat.jpg: ")


def test_an_image_is_settled_only_when_nothing_is_pending() -> None:
    assert [told.story.settled for told in (DONE, REFUSED, WAITING, UNSEEN)] == [True, True, False, False]


def test_a_version_is_found_under_its_own_row() -> None:
    assert Version("anna/a b+c.jpg", "v2").row == {"pk": "SOURCE#anna/a b+c.jpg", "sk": "v2"}


class FakeSqs:
    """Queues by their URL, with what lies in them."""

    def __init__(self, depths: dict[str, int]) -> None:
        self.depths = depths

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, dict[str, str]]:
        depth = str(self.depths.get(QueueUrl, 0))
        return {"Attributes": dict.fromkeys(AttributeNames, "0") | {"ApproximateNumberOfMessages": depth}}


def deployed(depths: dict[str, int]) -> Deployed:
    def queue(name: str) -> dict[str, str]:
        return {"name": name, "url": name, "dead_name": f"{name}-dead", "dead_url": f"{name}-dead"}

    names = ("uploads", "bridge", "results", "sweep_undelivered", "events_undelivered")
    queues: dict[str, Any] = {name: queue(name) for name in names} | {"work": {"text": queue("work-text")}}
    told = {"regions": {"home": "eu-west-3", "remote": "eu-west-1"}, "queues": queues}
    return Deployed(told, lambda _service, _region: FakeSqs(depths))


def test_a_dead_letter_is_told_with_its_queue() -> None:
    assert report.waiting(deployed({"work-text-dead": 2})) == ["work-text-dead (eu-west-3) holds 2 messages"]


def test_an_undelivered_event_is_told_with_the_remote_region() -> None:
    assert report.waiting(deployed({"events_undelivered": 1})) == ["events_undelivered (eu-west-1) holds 1 messages"]


def test_that_nothing_waits_anywhere_is_told_too() -> None:
    assert report.waiting(deployed({})) == ["All queues and dead-letter queues are empty."]
