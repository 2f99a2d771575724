from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.use_cases.sweep import MOST_RUNS, Swept

from tests.builders import IMAGE, NOW, run, source, upload
from tests.interrupted import killings
from tests.world import LONGEST_STAY, PATIENCE, World


def overdue(*pending: str) -> World:
    """A run admitted whose messages were all lost, long enough ago."""
    world = World()
    world.ingest(world.holding())
    world.work.sent.clear()
    world.staging.arrivals.clear()
    [made] = world.library.all_runs.values()
    world.library.all_runs[made.id] = replace(made, pending=frozenset(pending or made.pending))
    world.now.at += PATIENCE + 1
    return world


def test_sends_again_what_goes_by_bytes() -> None:
    world = overdue("labels")
    assert world.sweep() == Swept(1, 1)
    assert [work.operation for work in world.work.sent] == ["labels"]


def test_stages_again_what_goes_round_the_bridge() -> None:
    world = overdue("text")
    world.staging.delete(list(world.staging.bodies))
    world.sweep()
    assert (len(world.staging.arrivals), world.work.sent) == (1, [])


def test_leaves_a_young_run_alone() -> None:
    world = overdue()
    world.now.at = NOW + PATIENCE
    assert world.sweep() == Swept(0, 0)


def test_waits_twice_as_long_after_each_time_in_vain() -> None:
    world = overdue("labels")
    swept = []
    for minute in range(240):
        world.now.at = NOW + minute * 60_000
        if world.sweep().sent_again:
            swept.append(minute)
    assert swept == [16, 47, 108, 229]


@pytest.mark.parametrize(("more_ms", "sent_again"), [(0, 0), (1, 1)])
def test_waits_a_day_at_most(more_ms: int, sent_again: int) -> None:
    world = overdue("labels")
    [made] = world.library.all_runs.values()
    world.library.all_runs[made.id] = replace(made, sweeps=40)
    world.sweep()
    world.now.at += 24 * 3600 * 1000 + more_ms
    assert world.sweep().sent_again == sent_again


def test_closes_a_run_whose_end_was_not_written_down() -> None:
    world = overdue("labels")
    [made] = world.library.all_runs.values()
    world.library.all_runs[made.id] = replace(made, pending=frozenset())
    world.sweep()
    assert world.library.closed == {made.id}
    assert not world.staging.bodies


def without(world: World, *operations: str) -> World:
    """The same world after a deployment that took operations out."""
    world.plan = {name: planned for name, planned in world.plan.items() if name not in operations}
    return world


def test_what_is_no_longer_deployed_is_given_up_with_the_reason() -> None:
    world = without(overdue("faces", "labels"), "faces")
    world.sweep()
    [given_up] = world.answers
    assert (given_up.operation, given_up.code) == ("faces", "unknown-operation")
    assert [work.operation for work in world.work.sent] == ["labels"]


def test_a_run_whose_last_operation_was_taken_out_comes_to_its_end() -> None:
    world = without(overdue("text"), "text")
    world.sweep()
    [given_up] = world.answers
    world.route(given_up)
    [made] = world.library.all_runs.values()
    assert (made.pending, world.library.closed, world.staging.bodies) == (frozenset(), {made.id}, {})


def test_given_up_twice_is_a_failure_once() -> None:
    world = without(overdue("faces"), "faces")
    world.sweep()
    world.now.at += 4 * PATIENCE
    world.sweep()
    for given_up in world.answers:
        world.route(given_up)
    [result] = [result.status for key, result in world.library.results.items() if "faces" in key]
    assert (len(world.answers), result) == (2, "failed")


def test_takes_away_a_copy_of_no_run() -> None:
    world = World()
    for key in ("image/unknown/variant", "stray.jpg"):
        world.staging.put(key, b"")
    world.now.at += PATIENCE + 1
    world.sweep()
    assert not world.staging.bodies


def test_leaves_a_copy_that_has_just_come() -> None:
    world = World()
    world.staging.put("image/unknown/variant", b"")
    world.sweep()
    assert world.staging.bodies


def test_keeps_a_copy_that_an_operation_still_needs() -> None:
    world = overdue("text")
    [made] = world.library.all_runs.values()
    world.library.postpone(made, world.now() + PATIENCE)
    world.sweep()
    assert set(world.staging.bodies) == made.staged


def test_takes_away_even_a_needed_copy_past_the_longest_stay() -> None:
    world = overdue("text")
    [made] = world.library.all_runs.values()
    world.library.postpone(made, world.now() + 2 * LONGEST_STAY)
    world.now.at += LONGEST_STAY
    world.sweep()
    assert not world.staging.bodies


def test_more_than_one_sweep_can_send_is_left_to_the_next() -> None:
    world = World()
    for number in range(MOST_RUNS + 1):
        made = run(image=replace(IMAGE, id=f"{number:032x}"), due_at=NOW - PATIENCE - 1)
        world.library.admit(source(made, upload(str(number))), IMAGE, made)
    assert [world.sweep().sent_again for _ in range(3)] == [MOST_RUNS, 1, 0]


def unreadable(key: str) -> bytes:
    raise Unavailable("S3 is down")


def test_one_run_that_cannot_be_sent_holds_up_no_other() -> None:
    world = overdue("labels")
    world.shelf.get = unreadable  # type: ignore[method-assign]
    broken = run("text", image=replace(IMAGE, id="b" * 32), due_at=NOW - 1)
    world.library.admit(source(broken, upload("b")), IMAGE, broken)
    with pytest.raises(ExceptionGroup) as told:
        world.sweep()
    assert told.group_contains(Unavailable)
    assert [work.operation for work in world.work.sent] == ["labels"]


def test_a_run_that_cannot_be_postponed_holds_up_no_other() -> None:
    world = World()
    for name in ("cat", "dog"):
        world.ingest(world.holding(name, f"anna/{name}.png"))
    world.work.sent.clear()
    world.now.at += PATIENCE + 1
    postpone, first = world.library.postpone, next(iter(world.library.all_runs))

    def busy(run: Run, until: int) -> None:
        if run.id == first:
            raise Unavailable("DynamoDB is busy")
        postpone(run, until)

    world.library.postpone = busy  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        world.sweep()
    assert {work.run for work in world.work.sent} == set(world.library.all_runs)


def test_a_run_that_cannot_be_sent_comes_up_less_and_less() -> None:
    world = World()
    world.shelf.get = unreadable  # type: ignore[method-assign]
    broken = run("text", due_at=NOW - PATIENCE - 1)
    world.library.admit(source(broken, upload()), IMAGE, broken)
    with pytest.raises(ExceptionGroup):
        world.sweep()
    assert world.library.all_runs[broken.id].sweeps == 1


def test_killed_between_any_two_effects_the_next_sweep_does_the_rest() -> None:
    for world in killings(overdue, lambda world, wrap: world.sweep(wrap)):
        world.now.at += 2 * PATIENCE
        world.sweep()
        assert {work.operation for work in world.work.sent} == {"labels", "faces", "text"}
