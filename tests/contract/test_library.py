"""The library for INGEST and ROUTE: the fake and the table in DynamoDB behave alike."""

from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import ImageTooSmall
from rekbridge_lambda.domain.ids import ImageId, OwnerId, RunId
from rekbridge_lambda.domain.runs import Source
from rekbridge_lambda.domain.uploads import Upload

from tests.builders import (
    IMAGE,
    MINUTE,
    NOW,
    make_failed_result,
    make_finished,
    make_result,
    make_run,
    make_source,
    make_upload,
)
from tests.contract.cloud import Cloud
from tests.contract.library_under_test import LibraryUnderTest, create_dynamodb_library, create_fake_library


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest, cloud: Cloud) -> LibraryUnderTest:
    return create_fake_library() if request.param == "fake" else create_dynamodb_library(cloud)


LABELS = [f"Label {number}" for number in range(130)]


def test_finds_no_source_and_no_run_that_was_never_stored(subject: LibraryUnderTest) -> None:
    assert subject.library.find_source(make_upload()) is None
    assert subject.library.find_run(RunId("f" * 32)) is None


def test_an_admitted_run_is_read_back(subject: LibraryUnderTest) -> None:
    new_run = make_run("labels", "text")
    assert subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run) == new_run
    assert subject.library.find_run(new_run.id) == new_run


def test_a_source_names_its_image_and_run(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    assert subject.library.find_source(make_upload()) == make_source(new_run, make_upload())


def test_a_second_key_of_an_image_gets_the_current_run(subject: LibraryUnderTest) -> None:
    new_run = make_run("labels", "faces")
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW)
    current = subject.library.admit_upload(make_source(new_run, make_upload("anna/copy.png")), IMAGE, new_run)
    assert current.pending == {"faces"}
    assert subject.library.find_source(make_upload("anna/copy.png")) is not None


def test_a_new_upload_reopens_an_operation_that_ended_without_a_result(subject: LibraryUnderTest) -> None:
    new_run = make_run("labels", "faces")
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(
        new_run, make_finished(new_run, "labels", code="gone"), make_failed_result(), [], [], NOW
    )
    closed = subject.library.store_result(new_run, make_finished(new_run, "faces"), make_result(), [], [], NOW)
    subject.library.close_run(closed)
    current = subject.library.admit_upload(make_source(new_run, make_upload(version="v2")), IMAGE, new_run)
    assert current.pending == {"labels"}
    assert not current.unanswered
    assert [due.id for due in subject.library.find_due_runs(NOW + 1, 100)] == [new_run.id]


def test_a_new_upload_does_not_reopen_an_operation_that_has_a_result(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run, code="gone"), make_failed_result(), [], [], NOW)
    subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW)
    assert not subject.library.admit_upload(make_source(new_run, make_upload(version="v2")), IMAGE, new_run).pending


def test_each_version_of_a_key_has_its_own_source(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    assert subject.library.find_source(make_upload(version="v2")) is None


def test_a_rejected_source_has_its_reason(subject: LibraryUnderTest) -> None:
    rejected = Source(make_upload(), code="unreadable-image", reason="this is a PDF")
    subject.library.store_rejection(rejected)
    assert subject.library.find_source(make_upload()) == rejected


def test_a_rejection_never_replaces_the_image_of_a_source(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_rejection(Source(make_upload(), code="gone", reason="deleted"))
    assert subject.library.find_source(make_upload()) == make_source(new_run, make_upload())


def test_an_operation_for_which_the_image_is_too_small_has_failed(subject: LibraryUnderTest) -> None:
    new_run = make_run(refused={"faces": ImageTooSmall("too small")})
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    assert subject.load_result_row(IMAGE.id, "faces")["status"] == "failed"


def test_a_refusal_in_a_later_run_never_replaces_a_result(subject: LibraryUnderTest) -> None:
    new_run = make_run("faces")
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run, "faces"), make_result(operation="faces"), [], [], NOW)
    later = make_run("labels", refused={"faces": ImageTooSmall("too small")})
    subject.library.admit_upload(make_source(later, make_upload("anna/b.png")), IMAGE, later)
    assert subject.load_result_row(IMAGE.id, "faces")["status"] == "done"


@pytest.mark.parametrize("number", [0, 1, 50, 130])
def test_each_label_is_counted_once_when_its_result_is_stored_twice(subject: LibraryUnderTest, number: int) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    for _ in range(2):
        subject.library.store_result(
            new_run, make_finished(new_run), make_result(*LABELS[:number]), LABELS[:number], [], NOW
        )
    assert subject.count_labels("anna") == dict.fromkeys(LABELS[:number], 1)


def test_a_partly_stored_result_is_completed_without_counting_twice(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_result(*LABELS[:20]), LABELS[:20], [], NOW)
    subject.library.store_result(new_run, make_finished(new_run), make_result(*LABELS[:60]), LABELS[:60], [], NOW)
    assert subject.count_labels("anna") == dict.fromkeys(LABELS[:60], 1)


def test_a_count_is_the_number_of_images_with_the_label(subject: LibraryUnderTest) -> None:
    # Equal first digits: both images are counted in the same shard.
    for content in "ab":
        image = replace(IMAGE, id=ImageId(f"{content * 28}0000"[::-1]))
        new_run = make_run(image=image)
        subject.library.admit_upload(make_source(new_run, make_upload(content)), image, new_run)
        subject.library.store_result(new_run, make_finished(new_run), make_result("Cat"), ["Cat"], [], NOW)
    assert subject.count_labels("anna") == {"Cat": 2}


def test_an_operation_ends_once_when_its_result_is_stored_twice(subject: LibraryUnderTest) -> None:
    new_run = make_run("labels", "faces")
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    for _ in range(2):
        assert subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW).pending == {
            "faces"
        }
    assert (
        subject.library.store_result(new_run, make_finished(new_run, "faces"), make_result(), [], [], NOW).pending
        == frozenset()
    )


def test_a_failure_never_replaces_a_result(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_result("Cat"), ["Cat"], [], NOW)
    subject.library.store_result(new_run, make_finished(new_run), make_failed_result(called_at=NOW + 1), [], [], NOW)
    assert subject.load_result_row(IMAGE.id, "labels")["status"] == "done"


def test_a_result_replaces_a_failure(subject: LibraryUnderTest) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_failed_result(called_at=NOW + 1), [], [], NOW)
    subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW)
    assert subject.load_result_row(IMAGE.id, "labels")["status"] == "done"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_results_the_one_called_later_stays(subject: LibraryUnderTest, order: tuple[int, int]) -> None:
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    for later in order:
        subject.library.store_result(
            new_run, make_finished(new_run), make_result(called_at=NOW + later * MINUTE), [], [], NOW
        )
    assert subject.load_result_row(IMAGE.id, "labels")["called_at"] == NOW + MINUTE


@pytest.mark.parametrize(("owner", "label"), [("anna", "0#Cat"), ("anna#Cat", "0"), ("anna#3", "Cat"), ("%23", "#")])
def test_special_characters_never_lead_to_the_rows_of_another_owner(
    subject: LibraryUnderTest, owner: str, label: str
) -> None:
    image = replace(IMAGE, id=ImageId("0" * 32), owner=OwnerId(owner))
    new_run = make_run(image=image)
    subject.library.admit_upload(make_source(new_run, make_upload(f"{owner}/a")), image, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_result(label), [label], [], NOW)
    assert subject.count_labels("anna" if owner != "anna" else "anna#0") == {}


def test_ingest_attempts_are_counted_per_version(subject: LibraryUnderTest) -> None:
    assert [subject.library.add_ingest_attempts(make_upload(), change) for change in (1, 1, -1)] == [1, 2, 1]
    assert subject.library.add_ingest_attempts(make_upload(version="v2"), 1) == 1


def make_unversioned(etag: str, sequencer: str) -> Upload:
    return replace(make_upload(version="null"), etag=etag, sequencer=sequencer)


def test_each_content_of_an_overwritten_version_has_its_own_source(subject: LibraryUnderTest) -> None:
    first, second = make_unversioned("aa", "0055AA"), make_unversioned("bb", "0055AB")
    new_run = make_run()
    subject.library.admit_upload(make_source(new_run, first), IMAGE, new_run)
    assert subject.library.find_source(second) is None
    rejected = Source(second, code="unreadable-image", reason="this is a text")
    subject.library.store_rejection(rejected)
    assert subject.library.find_source(first) == make_source(new_run, first)
    assert subject.library.find_source(second) == rejected


@pytest.mark.parametrize(("sequencer", "replaced"), [("0055A9", False), ("0055AA", False), ("0055AB", True)])
def test_only_a_later_event_replaces_an_image_with_a_rejection(
    sequencer: str, replaced: bool, subject: LibraryUnderTest
) -> None:
    stored, new_run = make_unversioned("", "0055AA"), make_run()
    subject.library.admit_upload(make_source(new_run, stored), IMAGE, new_run)
    rejected = Source(make_unversioned("", sequencer), code="gone", reason="overwritten")
    subject.library.store_rejection(rejected)
    expected = rejected if replaced else make_source(new_run, stored)
    assert subject.library.find_source(stored) == expected
