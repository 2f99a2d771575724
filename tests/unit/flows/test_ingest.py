from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import image_id
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared

from tests.builders import planned, png, upload
from tests.fakes import FakePreparation
from tests.interrupted import killings
from tests.world import PATIENCE, World


@pytest.fixture
def world() -> World:
    return World()


def sent(world: World) -> list[str]:
    return [work.operation for work in world.work.sent]


def test_asks_at_home_for_what_goes_by_bytes(world: World) -> None:
    world.ingest(world.holding())
    assert sent(world) == ["faces", "labels"]


def test_stages_a_copy_for_what_goes_staged(world: World) -> None:
    world.ingest(world.holding())
    [run] = world.library.all_runs.values()
    assert set(world.staging.bodies) == run.staged


def test_a_run_knows_of_no_staged_copy_but_its_own(world: World) -> None:
    # Another variant goes by bytes: 4,096 a side is the most for it.
    world.plan = {"protective-equipment": planned("protective-equipment"), "text": planned("text", "staged")}
    world.media["anna/cat.png", "v1"] = png(width=6000, height=6000)
    world.ingest(upload())
    [run] = world.library.all_runs.values()
    assert len(set(run.prepared.values())) == 2
    assert set(world.staging.bodies) == run.staged


def test_prepares_once_for_operations_of_equal_limits(world: World) -> None:
    world.plan = {name: planned(name) for name in ("labels", "moderation")}
    world.ingest(world.holding())
    assert world.preparation.made == 1


def test_an_event_told_twice_prepares_once(world: World) -> None:
    told = world.holding()
    world.ingest(told)
    made = world.preparation.made
    world.ingest(told)
    assert world.preparation.made == made


def test_an_event_told_after_the_end_asks_for_nothing(world: World) -> None:
    told = world.holding()
    world.ingest(told)
    [run] = world.library.all_runs.values()
    world.library.all_runs[run.id] = replace(run, pending=frozenset())
    before = len(world.work.sent)
    assert world.ingest(told) == "done before"
    assert len(world.work.sent) == before


def test_versions_of_one_key_may_come_in_any_order(world: World) -> None:
    first, second = world.holding("cat", version="v1"), world.holding("dog", version="v2")
    world.ingest(second)
    world.ingest(first)
    images = {source.upload.version: source.image for source in world.library.sources.values()}
    assert images["v1"] != images["v2"]
    assert len(world.library.all_runs) == 2


def test_equal_bytes_under_two_keys_are_one_image_and_one_run(world: World) -> None:
    for key in ("anna/cat.png", "anna/copy of cat.png"):
        world.ingest(world.holding(key=key))
    assert (len(world.library.sources), len(world.library.images), len(world.library.all_runs)) == (2, 1, 1)


def test_two_owners_of_equal_bytes_share_nothing(world: World) -> None:
    for key in ("anna/cat.png", "otto/cat.png"):
        world.ingest(world.holding(key=key))
    assert len(world.library.images) == len(world.library.all_runs) == 2
    assert not set.intersection(*({key for key in world.shelf if key.startswith(i)} for i in world.library.images))


def test_what_is_no_image_is_refused_with_the_reason(world: World) -> None:
    told = upload(size=5)
    world.media[told.key, told.version] = b"hello"
    assert world.ingest(told) == "unreadable-image"
    assert "not an image" in str(world.library.sources[told.key, told.version].reason)


def test_a_version_deleted_before_it_was_read_is_gone(world: World) -> None:
    assert world.ingest(upload()) == "gone"


def test_a_version_deleted_afterwards_keeps_its_image(world: World) -> None:
    told = world.holding()
    world.ingest(told)
    world.media.clear()
    world.plan["moderation"] = planned("moderation")
    world.ingest(told)
    assert world.library.sources[told.key, told.version].image


def test_a_picture_too_small_for_one_operation_is_still_asked_of_the_others(world: World) -> None:
    # 100 × 8,000: reducing the long side to 4,096 would make the short one 51 of at least 64.
    world.plan = {name: planned(name) for name in ("labels", "protective-equipment")}
    world.media["anna/cat.png", "v1"] = png(width=100, height=8000)
    world.ingest(upload())
    assert sent(world) == ["labels"]
    [(image, operation)] = world.library.results
    assert (image, operation) == (next(iter(world.library.images)), "protective-equipment")


def test_a_picture_too_small_for_every_operation_is_refused(world: World) -> None:
    world.media["anna/cat.png", "v1"] = png(width=10, height=10)
    assert world.ingest(upload()) == "image-too-small"
    assert not world.library.images


def test_waits_while_hours_of_staged_work_lie_before_the_remote_region(world: World) -> None:
    world.work.depths["text"] = 6 * 3600 * 50
    with pytest.raises(Unavailable):
        world.ingest(world.holding())
    assert not world.shelf


def test_takes_in_what_the_remote_region_has_room_for(world: World) -> None:
    world.work.depths["text"] = 6 * 3600 * 50 - 1
    assert world.ingest(world.holding()).startswith("pending")


def test_what_waits_at_home_by_bytes_keeps_no_upload_out(world: World) -> None:
    world.work.depths["labels"] = 1_000_000_000
    assert world.ingest(world.holding()).startswith("pending")


def test_a_new_operation_makes_a_new_run_of_a_known_image(world: World) -> None:
    world.ingest(world.holding())
    world.plan["moderation"] = planned("moderation")
    world.ingest(world.holding(key="anna/again.png"))
    assert len(world.library.images) == 1
    assert len(world.library.all_runs) == 2


def test_the_image_is_named_by_owner_and_content(world: World) -> None:
    world.ingest(world.holding())
    [image] = world.library.images.values()
    assert image.id == image_id("anna", image.content)


def test_killed_between_any_two_effects_ends_as_undisturbed() -> None:
    told = World().holding()
    calm = World()
    calm.ingest(calm.holding())
    disturbed = killings(World, lambda world, wrap: world.ingest(world.holding(), wrap))
    assert len(disturbed) >= 10
    for world in disturbed:
        world.ingest(told)
        assert world.seen() == calm.seen()
        assert {work.body() for work in world.work.sent} == {work.body() for work in calm.work.sent}


class Crashed(BaseException):
    """The process is gone: no handler runs."""


@dataclass
class Failing(FakePreparation):
    """A preparation that never ends well."""

    error: BaseException = field(default_factory=Crashed)

    def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
        raise self.error


def test_a_file_that_crashes_its_reader_each_time_is_refused_in_the_end(world: World) -> None:
    told, world.preparation = world.holding(), Failing()
    for delivery in range(1, 7):
        with pytest.raises(Crashed):
            world.ingest(told, delivery=delivery)
    assert world.ingest(told, delivery=7) == "unreadable-image"


def test_waiting_for_a_service_is_no_reading_cut_short(world: World) -> None:
    told, world.preparation = world.holding(), Failing(error=Unavailable("S3 is away"))
    for delivery in range(1, 20):
        with pytest.raises(Unavailable):
            world.ingest(told, delivery=delivery)
    assert world.library.readings(told, 0) == 0


def test_who_had_to_wait_often_is_taken_in_at_last(world: World) -> None:
    told, world.preparation = world.holding(), Failing(error=Unavailable("S3 is away"))
    for delivery in range(1, 20):
        with pytest.raises(Unavailable):
            world.ingest(told, delivery=delivery)
    world.preparation = FakePreparation()
    assert world.ingest(told, delivery=20).startswith("pending")


def ended_without_an_answer(world: World) -> None:
    """An image whose prepared variants expired before anything was asked."""
    world.ingest(world.holding())
    world.shelf.clear()
    for work in world.work.sent:
        world.analyze(work)
    for told in world.answers:
        world.route(told)
    world.work.sent.clear()
    world.answers.clear()


def test_what_ended_without_an_answer_is_asked_for_when_the_image_is_uploaded_again(world: World) -> None:
    ended_without_an_answer(world)
    world.ingest(world.holding(version="v2"))
    for work in world.work.sent:
        world.analyze(work)
    for told in world.answers:
        world.route(told)
    assert {result.status for result in world.library.results.values()} == {"done"}


def test_an_operation_that_was_out_and_is_back_is_asked_for_when_the_image_is_uploaded_again(world: World) -> None:
    before = world.plan
    world.ingest(world.holding())
    world.plan = {name: row for name, row in before.items() if name != "faces"}
    world.now.at += PATIENCE + 1
    world.sweep()
    for given_up in world.answers:
        world.route(given_up)
    world.work.sent.clear()
    world.plan = before
    world.ingest(world.holding(version="v2"))
    assert "faces" in {work.operation for work in world.work.sent}


def test_an_event_told_again_opens_nothing(world: World) -> None:
    ended_without_an_answer(world)
    world.ingest(world.holding())
    assert not {"labels", "faces"} & set(sent(world))
