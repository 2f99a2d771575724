import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.runs import Run

from tests.builders import IMAGE, NOW, answer, answered, failure, run, source, upload
from tests.interrupted import Wrap, killings
from tests.world import World


def with_run(*pending: str) -> tuple[World, Run]:
    world, made = World(), run(*pending)
    world.library.admit(source(made, upload()), IMAGE, made)
    for copy in made.staged:
        world.staging.put(copy, b"a copy")
    return world, made


def stored(world: World, run: Run, operation: str = "labels", *names: str) -> Answered:
    told = answered(run, operation)
    assert told.result
    world.results.put(told.result, answer(*names, operation=operation))
    return told


def test_indexes_and_counts_each_label_once() -> None:
    world, made = with_run("labels")
    told = stored(world, made, "labels", "Cat", "Pet")
    for _ in range(2):
        world.route(told)
    assert world.library.counts("anna") == {"Cat": 1, "Pet": 1}


def test_the_staged_copy_stays_while_an_operation_is_pending() -> None:
    world, made = with_run("labels", "text")
    world.route(stored(world, made, "labels"))
    assert set(world.staging.bodies) == made.staged


def test_the_last_operation_takes_the_staged_copy_and_closes_the_run() -> None:
    world, made = with_run("labels", "text")
    for operation in ("text", "labels"):
        world.route(stored(world, made, operation))
    assert not world.staging.bodies
    assert world.library.closed == {made.id}


def test_a_failure_counts_as_done() -> None:
    world, made = with_run("text")
    world.route(answered(made, "text", code="out-of-attempts", reason="5 attempts"))
    assert not world.staging.bodies
    assert world.library.results[IMAGE.id, "text"].reason == "5 attempts"


def test_a_failure_never_takes_the_place_of_an_answer() -> None:
    world, made = with_run("labels")
    world.route(stored(world, made, "labels", "Cat"))
    world.route(answered(made, code="out-of-attempts", reason="told late"))
    assert world.library.results[IMAGE.id, "labels"].status == "done"


def test_nothing_found_is_a_result() -> None:
    world, made = with_run("labels")
    world.route(stored(world, made, "labels"))
    assert world.library.results[IMAGE.id, "labels"].status == "done"


def test_what_the_service_refused_is_told_as_failed() -> None:
    world, made = with_run("labels")
    told = answered(made)
    assert told.result
    world.results.put(told.result, failure())
    world.route(told)
    assert [result.status for _, result in world.told] == ["failed"]


def test_an_operation_gone_from_the_catalog_still_ends() -> None:
    world, made = with_run("labels")
    world.route(answered(made, "colours", code="unknown-operation", reason="not one of ours"))
    assert world.library.results[IMAGE.id, "colours"].code == "unknown-operation"


def test_an_answer_for_an_unknown_run_leaves_nothing_behind() -> None:
    world, _ = with_run("labels")
    told = stored(world, run("labels", "faces"), "labels", "Cat")
    with pytest.raises(UnreadableMessage):
        world.route(told)
    assert not world.library.labelled
    assert not world.told


def test_killed_between_any_two_effects_ends_as_undisturbed() -> None:
    def prepared() -> World:
        return with_run("labels", "text")[0]

    def act(world: World, wrap: Wrap) -> None:
        [made] = world.library.all_runs.values()
        for operation in ("labels", "text"):
            world.route(stored(world, made, operation, "Cat"), wrap)

    calm = prepared()
    act(calm, lambda port: port)
    disturbed = killings(prepared, act)
    assert len(disturbed) >= 7
    for world in disturbed:
        act(world, lambda port: port)
        assert world.seen() == calm.seen()


def test_tells_the_bus_of_every_operation_with_its_run() -> None:
    world, made = with_run("labels")
    world.route(stored(world, made))
    [(told, result)] = world.told
    assert (told.run, result.asked_at) == (made.id, NOW)
