"""What INGEST and ROUTE rely on, of the fake and of DynamoDB alike."""

from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import ImageTooSmall, UnreadableMessage
from rekbridge_lambda.domain.runs import Source

from tests.builders import IMAGE, MINUTE, NOW, answer, answered, failure, run, source, upload
from tests.contract.cloud import Cloud
from tests.contract.shelves import Shown, faked, tabled


@pytest.fixture(params=["fake", "table"])
def shown(request: pytest.FixtureRequest, cloud: Cloud) -> Shown:
    return faked() if request.param == "fake" else tabled(cloud)


LABELS = [f"Label {number}" for number in range(130)]


def test_knows_nothing_of_what_never_came(shown: Shown) -> None:
    assert shown.library.source(upload()) is None
    assert shown.library.run("f" * 32) is None


def test_gives_back_the_run_it_was_given(shown: Shown) -> None:
    made = run("labels", "text")
    assert shown.library.admit(source(made, upload()), IMAGE, made) == made
    assert shown.library.run(made.id) == made


def test_a_source_points_at_its_image(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    assert shown.library.source(upload()) == source(made, upload())


def test_a_second_key_of_a_known_image_finds_the_run_as_it_stands(shown: Shown) -> None:
    made = run("labels", "faces")
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made), answer(), [], [], NOW)
    again = shown.library.admit(source(made, upload("anna/copy.png")), IMAGE, made)
    assert again.pending == {"faces"}
    assert shown.library.source(upload("anna/copy.png")) is not None


def test_a_new_upload_opens_what_ended_without_an_answer(shown: Shown) -> None:
    made = run("labels", "faces")
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made, "labels", code="gone"), failure(), [], [], NOW)
    closed = shown.library.record(answered(made, "faces"), answer(), [], [], NOW)
    shown.library.close(closed)
    again = shown.library.admit(source(made, upload(version="v2")), IMAGE, made)
    assert again.pending == {"labels"}
    assert not again.ended
    assert [due.id for due in shown.library.due(NOW + 1, 100)] == [made.id]


def test_what_was_answered_after_all_stays_closed(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made, code="gone"), failure(), [], [], NOW)
    shown.library.record(answered(made), answer(), [], [], NOW)
    assert not shown.library.admit(source(made, upload(version="v2")), IMAGE, made).pending


def test_versions_of_one_key_are_sources_of_their_own(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    assert shown.library.source(upload(version="v2")) is None


def test_a_refused_source_keeps_its_reason(shown: Shown) -> None:
    refused = Source(upload(), code="unreadable-image", reason="this is a PDF")
    shown.library.refuse(refused)
    assert shown.library.source(upload()) == refused


def test_a_refusal_never_takes_a_sources_image(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.refuse(Source(upload(), code="gone", reason="deleted"))
    assert shown.library.source(upload()) == source(made, upload())


def test_an_operation_that_an_image_is_too_small_for_has_failed(shown: Shown) -> None:
    made = run(refused={"faces": ImageTooSmall("too small")})
    shown.library.admit(source(made, upload()), IMAGE, made)
    assert shown.answer(IMAGE.id, "faces")["status"] == "failed"


def test_a_refusal_by_a_later_run_never_takes_an_answers_place(shown: Shown) -> None:
    made = run("faces")
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made, "faces"), answer(operation="faces"), [], [], NOW)
    later = run("labels", refused={"faces": ImageTooSmall("too small")})
    shown.library.admit(source(later, upload("anna/b.png")), IMAGE, later)
    assert shown.answer(IMAGE.id, "faces")["status"] == "done"


@pytest.mark.parametrize("number", [0, 1, 50, 130])
def test_every_label_is_counted_once_however_often_it_is_told(shown: Shown, number: int) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    for _ in range(2):
        shown.library.record(answered(made), answer(*LABELS[:number]), LABELS[:number], [], NOW)
    assert shown.counts("anna") == dict.fromkeys(LABELS[:number], 1)


def test_an_answer_half_written_is_completed_exactly(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made), answer(*LABELS[:20]), LABELS[:20], [], NOW)
    shown.library.record(answered(made), answer(*LABELS[:60]), LABELS[:60], [], NOW)
    assert shown.counts("anna") == dict.fromkeys(LABELS[:60], 1)


def test_counts_say_how_many_images_have_a_label(shown: Shown) -> None:
    # Equal first digits: both images count in one shard.
    for content in "ab":
        image = replace(IMAGE, id=f"{content * 28}0000"[::-1])
        made = run(image=image)
        shown.library.admit(source(made, upload(content)), image, made)
        shown.library.record(answered(made), answer("Cat"), ["Cat"], [], NOW)
    assert shown.counts("anna") == {"Cat": 2}


def test_each_operation_leaves_the_run_once(shown: Shown) -> None:
    made = run("labels", "faces")
    shown.library.admit(source(made, upload()), IMAGE, made)
    for _ in range(2):
        assert shown.library.record(answered(made), answer(), [], [], NOW).pending == {"faces"}
    assert shown.library.record(answered(made, "faces"), answer(), [], [], NOW).pending == frozenset()


def test_a_failure_never_takes_an_answers_place(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made), answer("Cat"), ["Cat"], [], NOW)
    shown.library.record(answered(made), failure(asked_at=NOW + 1), [], [], NOW)
    assert shown.answer(IMAGE.id, "labels")["status"] == "done"


def test_an_answer_takes_a_failures_place(shown: Shown) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    shown.library.record(answered(made), failure(asked_at=NOW + 1), [], [], NOW)
    shown.library.record(answered(made), answer(), [], [], NOW)
    assert shown.answer(IMAGE.id, "labels")["status"] == "done"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_answers_the_one_asked_for_later_stays(shown: Shown, order: tuple[int, int]) -> None:
    made = run()
    shown.library.admit(source(made, upload()), IMAGE, made)
    for later in order:
        shown.library.record(answered(made), answer(asked_at=NOW + later * MINUTE), [], [], NOW)
    assert shown.answer(IMAGE.id, "labels")["asked_at"] == NOW + MINUTE


def test_an_answer_for_an_unknown_run_counts_nothing(shown: Shown) -> None:
    with pytest.raises(UnreadableMessage):
        shown.library.record(answered(run()), answer("Cat"), ["Cat"], [], NOW)
    assert shown.counts("anna") == {}


@pytest.mark.parametrize(("owner", "label"), [("anna", "0#Cat"), ("anna#Cat", "0"), ("anna#3", "Cat"), ("%23", "#")])
def test_no_name_reaches_into_another_owners_rows(shown: Shown, owner: str, label: str) -> None:
    strangers = replace(IMAGE, id="0" * 32, owner=owner)
    made = run(image=strangers)
    shown.library.admit(source(made, upload(f"{owner}/a")), strangers, made)
    shown.library.record(answered(made), answer(label), [label], [], NOW)
    assert shown.counts("anna" if owner != "anna" else "anna#0") == {}


def test_counts_the_readings_of_a_source_that_have_not_ended(shown: Shown) -> None:
    assert [shown.library.readings(upload(), more) for more in (1, 1, -1)] == [1, 2, 1]
    assert shown.library.readings(upload(version="v2"), 1) == 1
