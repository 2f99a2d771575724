from dataclasses import replace

import pytest
from rekbridge.demo import report
from rekbridge.demo.uploading import Told
from rekbridge.records.library import Version

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
