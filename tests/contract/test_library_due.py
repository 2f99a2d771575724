"""What SWEEP relies on, of the fake and of DynamoDB alike."""

from dataclasses import replace

import pytest

from tests.builders import IMAGE, MINUTE, NOW, answer, answered, run, source, upload
from tests.contract.cloud import Cloud
from tests.contract.shelves import Shown, faked, tabled


@pytest.fixture(params=["fake", "table"])
def shown(request: pytest.FixtureRequest, cloud: Cloud) -> Shown:
    return faked() if request.param == "fake" else tabled(cloud)


def admit(shown: Shown, number: int, at: int = NOW) -> str:
    """A run by its number; of four that follow each other, each lies in another shard of the table's index."""
    image = replace(IMAGE, id=f"{number:032x}")
    made = run(image=image, due_at=at, id=f"{number:04x}" * 8)
    shown.library.admit(source(made, upload(f"anna/{number}.png")), image, made)
    return made.id


def due(shown: Shown, at: int, most: int = 500) -> set[str]:
    return {run.id for run in shown.library.due(at, most)}


def test_a_run_is_due_once_its_time_has_passed(shown: Shown) -> None:
    made = admit(shown, 1)
    assert due(shown, NOW) == set()
    assert due(shown, NOW + 1) == {made}


def test_runs_of_all_shards_are_due(shown: Shown) -> None:
    assert due(shown, NOW + 1) == set()
    made = {admit(shown, number) for number in range(12)}
    assert due(shown, NOW + 1) == made


def test_no_more_are_due_than_asked_for(shown: Shown) -> None:
    for number in range(20):
        admit(shown, number)
    assert len(due(shown, NOW + 1, most=8)) == 8


def test_the_longest_waiting_are_due_first(shown: Shown) -> None:
    made = [admit(shown, number, at=NOW - number) for number in range(20)]
    assert due(shown, NOW + 1, most=8) == set(made[-8:])


def test_the_longest_waiting_of_all_shards_comes_first(shown: Shown) -> None:
    made = [admit(shown, number, at=NOW - number) for number in range(8)]
    assert [run.id for run in shown.library.due(NOW + 1, most=500)] == made[::-1]


def test_each_run_comes_up_once_as_those_before_it_are_postponed(shown: Shown) -> None:
    # All in one shard but the last.
    made = [admit(shown, number) for number in (*range(0, 48, 4), 1)]
    came_up = []
    for _ in made:
        for found in shown.library.due(NOW + 1, most=8):
            came_up.append(found.id)
            shown.library.postpone(found, NOW + MINUTE)
    assert sorted(came_up) == sorted(made)


def test_a_crowded_shard_of_the_table_holds_up_no_other(cloud: Cloud) -> None:
    shown = tabled(cloud)
    for number in range(0, 48, 4):
        admit(shown, number, at=NOW - MINUTE)
    assert admit(shown, 1) in due(shown, NOW + 1, most=8)


def test_a_postponed_run_is_due_later_and_remembers_it(shown: Shown) -> None:
    [made] = [shown.library.run(admit(shown, 1))]
    assert made
    shown.library.postpone(made, NOW + MINUTE)
    assert due(shown, NOW + 1) == set()
    [again] = shown.library.due(NOW + MINUTE + 1, most=500)
    assert (again.due_at, again.sweeps) == (NOW + MINUTE, 1)


def test_a_closed_run_is_never_due_again(shown: Shown) -> None:
    made = admit(shown, 1)
    found = shown.library.run(made)
    assert found
    shown.library.close(shown.library.record(answered(found), answer(), [], [], NOW))
    shown.library.postpone(found, NOW + MINUTE)
    assert due(shown, NOW + 2 * MINUTE) == set()


def test_a_run_with_pending_operations_is_not_closed(shown: Shown) -> None:
    made = admit(shown, 1)
    found = shown.library.run(made)
    assert found
    shown.library.close(found)
    assert due(shown, NOW + 1) == {made}


def test_many_runs_are_found_at_once_and_unknown_ones_left_out(shown: Shown) -> None:
    made = {admit(shown, number) for number in range(3)}
    unknown = {f"{number:032x}" for number in range(150)}
    assert shown.library.runs(made | unknown).keys() == made


def test_no_runs_are_asked_for_in_vain(shown: Shown) -> None:
    assert shown.library.runs([]) == {}
