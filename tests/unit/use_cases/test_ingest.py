from dataclasses import dataclass, field, replace
from typing import BinaryIO

import pytest
from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import make_image_id
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.use_cases.ingest import UploadIngester

from tests.builders import ANNA, make_operation, make_png, make_upload
from tests.crash_points import crash_points
from tests.fakes import FakeImagePreparer
from tests.odd_formats import HEIGHT, WIDTH, make_rotated_file
from tests.pipeline_harness import STALE_AFTER, PipelineHarness


@pytest.fixture
def harness() -> PipelineHarness:
    return PipelineHarness()


def list_sent_operations(harness: PipelineHarness) -> list[str]:
    return [work.operation for work in harness.work_queue.sent]


def test_enqueues_bytes_operations(harness: PipelineHarness) -> None:
    harness.ingest(harness.store_original())
    assert list_sent_operations(harness) == ["faces", "labels"]


def test_stages_a_copy_for_staged_operations(harness: PipelineHarness) -> None:
    harness.ingest(harness.store_original())
    [run] = harness.library.runs.values()
    assert set(harness.staging.bodies) == run.staged_copies


def test_a_run_lists_only_the_copies_that_are_staged(harness: PipelineHarness) -> None:
    # The bytes operation has a variant of its own: its longest side is 4,096 pixels.
    harness.operations = {
        "protective-equipment": make_operation("protective-equipment"),
        "text": make_operation("text", "staged"),
    }
    harness.media["anna/cat.png", "v1"] = make_png(width=6000, height=6000)
    harness.ingest(make_upload())
    [run] = harness.library.runs.values()
    assert len(set(run.prepared_keys.values())) == 2
    assert set(harness.staging.bodies) == run.staged_copies


def test_prepares_once_for_operations_with_equal_limits(harness: PipelineHarness) -> None:
    harness.operations = {name: make_operation(name) for name in ("labels", "moderation")}
    harness.ingest(harness.store_original())
    assert harness.preparer.prepared_count == 1


def test_an_event_delivered_twice_prepares_once(harness: PipelineHarness) -> None:
    upload = harness.store_original()
    harness.ingest(upload)
    prepared_count = harness.preparer.prepared_count
    harness.ingest(upload)
    assert harness.preparer.prepared_count == prepared_count


def test_an_event_delivered_after_the_end_enqueues_nothing(harness: PipelineHarness) -> None:
    upload = harness.store_original()
    harness.ingest(upload)
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, pending=frozenset())
    before = len(harness.work_queue.sent)
    assert harness.ingest(upload).endswith("every operation ended before")
    assert len(harness.work_queue.sent) == before


def test_versions_of_one_key_may_arrive_in_any_order(harness: PipelineHarness) -> None:
    first, second = harness.store_original("cat", version="v1"), harness.store_original("dog", version="v2")
    harness.ingest(second)
    harness.ingest(first)
    images = {source.upload.version: source.image_id for source in harness.library.sources.values()}
    assert images["v1"] != images["v2"]
    assert len(harness.library.runs) == 2


def test_equal_bytes_under_two_keys_are_one_image_and_one_run(harness: PipelineHarness) -> None:
    for key in ("anna/cat.png", "anna/copy of cat.png"):
        harness.ingest(harness.store_original(key=key))
    assert (len(harness.library.sources), len(harness.library.images), len(harness.library.runs)) == (2, 1, 1)


def test_two_owners_with_equal_bytes_share_nothing(harness: PipelineHarness) -> None:
    for key in ("anna/cat.png", "otto/cat.png"):
        harness.ingest(harness.store_original(key=key))
    assert len(harness.library.images) == len(harness.library.runs) == 2
    assert not set.intersection(
        *({key for key in harness.prepared_images if key.startswith(i)} for i in harness.library.images)
    )


def test_a_file_that_is_not_an_image_is_rejected_with_the_reason(harness: PipelineHarness) -> None:
    upload = make_upload(size=5)
    harness.media[upload.key, upload.version] = b"hello"
    assert harness.ingest(upload) == "unreadable-image"
    assert "not an image" in str(harness.library.sources[upload.key, upload.version].reason)


def test_a_version_deleted_before_it_was_read_is_rejected_as_gone(harness: PipelineHarness) -> None:
    assert harness.ingest(make_upload()) == "gone"


def test_a_version_deleted_afterwards_keeps_its_image(harness: PipelineHarness) -> None:
    upload = harness.store_original()
    harness.ingest(upload)
    harness.media.clear()
    harness.operations["moderation"] = make_operation("moderation")
    harness.ingest(upload)
    assert harness.library.sources[upload.key, upload.version].image_id


def test_an_image_too_small_for_one_operation_is_analysed_by_the_others(harness: PipelineHarness) -> None:
    # 100 × 8,000: reducing the long side to 4,096 would make the short one 51 of at least 64.
    harness.operations = {name: make_operation(name) for name in ("labels", "protective-equipment")}
    harness.media["anna/cat.png", "v1"] = make_png(width=100, height=8000)
    harness.ingest(make_upload())
    assert list_sent_operations(harness) == ["labels"]
    [(image, operation)] = harness.library.results
    assert (image, operation) == (next(iter(harness.library.images)), "protective-equipment")


def test_an_image_too_small_for_every_operation_is_rejected(harness: PipelineHarness) -> None:
    harness.media["anna/cat.png", "v1"] = make_png(width=10, height=10)
    assert harness.ingest(make_upload()) == "image-too-small"
    assert not harness.library.images


def test_waits_while_the_staged_backlog_is_too_long(harness: PipelineHarness) -> None:
    harness.work_queue.depths["text"] = 6 * 3600 * 50
    with pytest.raises(Unavailable):
        harness.ingest(harness.store_original())
    assert not harness.prepared_images


def test_ingests_while_the_staged_backlog_is_below_the_limit(harness: PipelineHarness) -> None:
    harness.work_queue.depths["text"] = 6 * 3600 * 50 - 1
    assert harness.ingest(harness.store_original()).partition(": ")[2].startswith("pending")


def test_a_backlog_of_bytes_work_does_not_stop_ingest(harness: PipelineHarness) -> None:
    harness.work_queue.depths["labels"] = 1_000_000_000
    assert harness.ingest(harness.store_original()).partition(": ")[2].startswith("pending")


def test_a_new_operation_makes_a_new_run_of_a_known_image(harness: PipelineHarness) -> None:
    harness.ingest(harness.store_original())
    harness.operations["moderation"] = make_operation("moderation")
    harness.ingest(harness.store_original(key="anna/again.png"))
    assert len(harness.library.images) == 1
    assert len(harness.library.runs) == 2


def test_the_image_id_is_made_of_owner_and_content(harness: PipelineHarness) -> None:
    harness.ingest(harness.store_original())
    [image] = harness.library.images.values()
    assert image.id == make_image_id(harness.owner_keys.load_key(ANNA), image.content_sha256)


def test_a_killed_worker_leads_to_the_same_records() -> None:
    upload = PipelineHarness().store_original()
    undisturbed = PipelineHarness()
    undisturbed.ingest(undisturbed.store_original())
    killed = crash_points(PipelineHarness, lambda harness, wrap: harness.ingest(harness.store_original(), wrap))
    assert len(killed) >= 10
    for harness in killed:
        harness.ingest(upload)
        assert harness.snapshot() == undisturbed.snapshot()
        assert {encode_message(work) for work in harness.work_queue.sent} == {
            encode_message(work) for work in undisturbed.work_queue.sent
        }


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "TIFF", "PNG", "WEBP", "HEIC", "AVIF"])
def test_the_image_row_has_the_size_as_displayed(image_format: str, orientation: int, harness: PipelineHarness) -> None:
    body = make_rotated_file(image_format, orientation)
    harness.media["anna/turned", "v1"] = body
    upload = make_upload("anna/turned", size=len(body))
    ingester = UploadIngester(
        harness.operations,
        harness.media,
        PillowPreparer(),
        harness.prepared_images,
        harness.owner_keys,
        harness.library,
        harness.staging,
        harness.work_queue,
        harness.now,
    )
    ingester.ingest_upload(upload, 1)
    [image] = harness.library.images.values()
    assert (image.width, image.height) == (WIDTH, HEIGHT)


class ProcessCrashed(BaseException):
    """The process has crashed: no `except Exception` runs."""


@dataclass
class FailingPreparer(FakeImagePreparer):
    """A preparation that always fails."""

    error: BaseException = field(default_factory=ProcessCrashed)

    def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        raise self.error


def test_a_file_that_always_crashes_the_decoder_is_rejected_after_five_attempts(harness: PipelineHarness) -> None:
    upload, harness.preparer = harness.store_original(), FailingPreparer()
    for delivery in range(1, 7):
        with pytest.raises(ProcessCrashed):
            harness.ingest(upload, delivery=delivery)
    assert harness.ingest(upload, delivery=7) == "unreadable-image"


def test_waiting_for_a_service_is_not_counted_as_an_ingest_attempt(harness: PipelineHarness) -> None:
    upload, harness.preparer = harness.store_original(), FailingPreparer(error=Unavailable("S3 is unavailable"))
    for delivery in range(1, 20):
        with pytest.raises(Unavailable):
            harness.ingest(upload, delivery=delivery)
    assert harness.library.add_ingest_attempts(upload, 0) == 0


def test_an_upload_that_had_to_wait_often_is_ingested_in_the_end(harness: PipelineHarness) -> None:
    upload, harness.preparer = harness.store_original(), FailingPreparer(error=Unavailable("S3 is unavailable"))
    for delivery in range(1, 20):
        with pytest.raises(Unavailable):
            harness.ingest(upload, delivery=delivery)
    harness.preparer = FakeImagePreparer()
    assert harness.ingest(upload, delivery=20).partition(": ")[2].startswith("pending")


def finish_without_results(harness: PipelineHarness) -> None:
    """An image whose prepared images expired before they were analysed."""
    harness.ingest(harness.store_original())
    harness.prepared_images.clear()
    for work in harness.work_queue.sent:
        harness.analyze(work)
    for finished in harness.result_queue:
        harness.route(finished)
    harness.work_queue.sent.clear()
    harness.result_queue.clear()


def test_failed_operations_are_retried_when_the_image_is_uploaded_again(harness: PipelineHarness) -> None:
    finish_without_results(harness)
    harness.ingest(harness.store_original(version="v2"))
    for work in harness.work_queue.sent:
        harness.analyze(work)
    for finished in harness.result_queue:
        harness.route(finished)
    assert {result.status for result in harness.library.results.values()} == {"done"}


def test_an_operation_that_is_deployed_again_runs_when_the_image_is_uploaded_again(
    harness: PipelineHarness,
) -> None:
    before = harness.operations
    harness.ingest(harness.store_original())
    harness.operations = {name: row for name, row in before.items() if name != "faces"}
    harness.now.at += STALE_AFTER + 1
    harness.sweep()
    for finished in harness.result_queue:
        harness.route(finished)
    harness.work_queue.sent.clear()
    harness.operations = before
    harness.ingest(harness.store_original(version="v2"))
    assert "faces" in {work.operation for work in harness.work_queue.sent}


def test_a_repeated_event_does_not_reopen_the_run(harness: PipelineHarness) -> None:
    finish_without_results(harness)
    harness.ingest(harness.store_original())
    assert not {"labels", "faces"} & set(list_sent_operations(harness))
