"""The library for SWEEP: the fake and the table in DynamoDB find the same due runs."""

from dataclasses import replace

import pytest
from rekbridge_lambda.domain.ids import ImageId, RunId

from tests.builders import IMAGE, MINUTE, NOW, make_finished, make_result, make_run, make_source, make_upload
from tests.contract.cloud import Cloud
from tests.contract.library_under_test import LibraryUnderTest, create_dynamodb_library, create_fake_library


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest, cloud: Cloud) -> LibraryUnderTest:
    return create_fake_library() if request.param == "fake" else create_dynamodb_library(cloud)


def admit(subject: LibraryUnderTest, number: int, at: int = NOW) -> RunId:
    """Stores a run. Four consecutive numbers are in four different shards of the table's index."""
    image = replace(IMAGE, id=ImageId(f"{number:032x}"))
    new_run = make_run(image=image, due_at=at, id=RunId(f"{number:04x}" * 8))
    subject.library.admit_upload(make_source(new_run, make_upload(f"anna/{number}.png")), image, new_run)
    return new_run.id


def find_due(subject: LibraryUnderTest, at: int, limit: int = 500) -> set[RunId]:
    return {run.id for run in subject.library.find_due_runs(at, limit)}


def test_a_run_is_due_after_its_time(subject: LibraryUnderTest) -> None:
    run_id = admit(subject, 1)
    assert find_due(subject, NOW) == set()
    assert find_due(subject, NOW + 1) == {run_id}


def test_runs_of_all_shards_are_due(subject: LibraryUnderTest) -> None:
    assert find_due(subject, NOW + 1) == set()
    run_ids = {admit(subject, number) for number in range(12)}
    assert find_due(subject, NOW + 1) == run_ids


def test_at_most_the_limit_is_returned(subject: LibraryUnderTest) -> None:
    for number in range(20):
        admit(subject, number)
    assert len(find_due(subject, NOW + 1, limit=8)) == 8


def test_the_limit_keeps_the_runs_that_are_due_longest(subject: LibraryUnderTest) -> None:
    run_ids = [admit(subject, number, at=NOW - number) for number in range(20)]
    assert find_due(subject, NOW + 1, limit=8) == set(run_ids[-8:])


def test_runs_of_all_shards_are_in_the_order_of_their_times(subject: LibraryUnderTest) -> None:
    run_ids = [admit(subject, number, at=NOW - number) for number in range(8)]
    assert [run.id for run in subject.library.find_due_runs(NOW + 1, limit=500)] == run_ids[::-1]


def test_each_run_is_found_once_when_found_runs_are_postponed(subject: LibraryUnderTest) -> None:
    # All but the last are in one shard.
    run_ids = [admit(subject, number) for number in (*range(0, 48, 4), 1)]
    due_ids = list[RunId]()
    for _ in run_ids:
        for due in subject.library.find_due_runs(NOW + 1, limit=8):
            due_ids.append(due.id)
            subject.library.postpone_run(due, NOW + MINUTE)
    assert sorted(due_ids) == sorted(run_ids)


def test_a_full_shard_of_the_table_does_not_delay_another(cloud: Cloud) -> None:
    subject = create_dynamodb_library(cloud)
    for number in range(0, 48, 4):
        admit(subject, number, at=NOW - MINUTE)
    assert admit(subject, 1) in find_due(subject, NOW + 1, limit=8)


def test_a_postponed_run_is_due_later_and_counts_the_sweep(subject: LibraryUnderTest) -> None:
    due = subject.library.find_run(admit(subject, 1))
    assert due
    subject.library.postpone_run(due, NOW + MINUTE)
    assert find_due(subject, NOW + 1) == set()
    [postponed] = subject.library.find_due_runs(NOW + MINUTE + 1, limit=500)
    assert (postponed.due_at, postponed.sweeps) == (NOW + MINUTE, 1)


def test_a_closed_run_is_never_due(subject: LibraryUnderTest) -> None:
    run_id = admit(subject, 1)
    new_run = subject.library.find_run(run_id)
    assert new_run
    subject.library.close_run(subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW))
    subject.library.postpone_run(new_run, NOW + MINUTE)
    assert find_due(subject, NOW + 2 * MINUTE) == set()


def test_a_run_with_pending_operations_is_not_closed(subject: LibraryUnderTest) -> None:
    run_id = admit(subject, 1)
    new_run = subject.library.find_run(run_id)
    assert new_run
    subject.library.close_run(new_run)
    assert find_due(subject, NOW + 1) == {run_id}


def test_find_runs_returns_many_runs_and_omits_unknown_ids(subject: LibraryUnderTest) -> None:
    run_ids = {admit(subject, number) for number in range(3)}
    unknown = {RunId(f"{number:032x}") for number in range(150)}
    assert subject.library.find_runs(run_ids | unknown).keys() == run_ids


def test_find_runs_of_no_ids_is_empty(subject: LibraryUnderTest) -> None:
    assert subject.library.find_runs([]) == {}


def find_requeued(subject: LibraryUnderTest, due_from: int, limit: int = 500) -> set[RunId]:
    return {run.id for run in subject.library.find_requeued_runs(due_from, limit)}


def postpone(subject: LibraryUnderTest, run_id: RunId, until: int) -> None:
    run = subject.library.find_run(run_id)
    assert run
    subject.library.postpone_run(run, until)


def test_only_runs_that_were_requeued_are_requeued_ones(subject: LibraryUnderTest) -> None:
    requeued, _ = admit(subject, 1), admit(subject, 2)
    assert find_requeued(subject, NOW) == set()
    postpone(subject, requeued, NOW + MINUTE)
    assert find_requeued(subject, NOW) == {requeued}


def test_a_requeued_run_is_found_until_it_is_due_again(subject: LibraryUnderTest) -> None:
    requeued = admit(subject, 1)
    postpone(subject, requeued, NOW + MINUTE)
    assert find_requeued(subject, NOW + MINUTE) == {requeued}
    assert find_requeued(subject, NOW + MINUTE + 1) == set()
    assert find_due(subject, NOW + MINUTE + 1) == {requeued}


def test_requeued_runs_of_all_shards_are_found_with_what_they_wait_for(subject: LibraryUnderTest) -> None:
    run_ids = {admit(subject, number) for number in range(8)}
    for run_id in run_ids:
        postpone(subject, run_id, NOW + MINUTE)
    found = subject.library.find_requeued_runs(NOW, limit=500)
    assert {run.id for run in found} == run_ids
    assert {run.pending for run in found} == {frozenset({"labels"})}


def test_new_runs_do_not_hide_requeued_ones_behind_the_limit(subject: LibraryUnderTest) -> None:
    requeued = admit(subject, 0)
    postpone(subject, requeued, NOW + MINUTE)
    for number in range(1, 40):
        admit(subject, number)
    assert find_requeued(subject, NOW, limit=8) == {requeued}


def test_a_requeued_run_that_is_closed_is_not_found(subject: LibraryUnderTest) -> None:
    run_id = admit(subject, 1)
    postpone(subject, run_id, NOW + MINUTE)
    run = subject.library.find_run(run_id)
    assert run
    subject.library.close_run(subject.library.store_result(run, make_finished(run), make_result(), [], [], NOW))
    assert find_requeued(subject, NOW) == set()
