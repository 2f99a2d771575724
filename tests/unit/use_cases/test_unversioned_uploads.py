"""A bucket whose versioning is suspended: each upload of a key overwrites the version `null`."""

from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.ids import make_image_id
from rekbridge_lambda.domain.uploads import Upload

from tests.builders import ANNA, make_png, make_upload
from tests.fake_buckets import compute_etag
from tests.pipeline_harness import PipelineHarness

KEY = "anna/cat.png"


@pytest.fixture
def harness() -> PipelineHarness:
    return PipelineHarness()


def overwrite(harness: PipelineHarness, body: bytes, sequencer: str, with_etag: bool = True) -> Upload:
    """Put a file under the same key and version; returns the upload that S3 announces."""
    harness.media[KEY, "null"] = body
    etag = compute_etag(body) if with_etag else ""
    return replace(make_upload(KEY, "null", len(body)), sequencer=sequencer, etag=etag)


def list_contents(harness: PipelineHarness) -> set[str]:
    return {image.content_sha256 for image in harness.library.images.values()}


@pytest.mark.parametrize("with_etag", [True, False])
@pytest.mark.parametrize("sequencers", [("0055AA", "0055AB"), ("0055AA", "0055AA")])
def test_new_content_under_the_same_version_is_analysed(
    with_etag: bool, sequencers: tuple[str, str], harness: PipelineHarness
) -> None:
    for number, sequencer in enumerate(sequencers):
        body = make_png(f"cat {number}") + bytes(number)
        assert harness.ingest(overwrite(harness, body, sequencer, with_etag)).partition(": ")[2].startswith("pending")
    assert len(list_contents(harness)) == len(harness.library.runs) == 2


@pytest.mark.parametrize("with_etag", [True, False])
def test_a_repeated_event_prepares_once(with_etag: bool, harness: PipelineHarness) -> None:
    upload = overwrite(harness, make_png(), "0055AA", with_etag)
    harness.ingest(upload)
    prepared_count = harness.preparer.prepared_count
    harness.ingest(upload)
    assert harness.preparer.prepared_count == prepared_count


def test_an_event_of_overwritten_content_is_gone_and_leaves_the_later_one_alone(harness: PipelineHarness) -> None:
    first = overwrite(harness, make_png("cat"), "0055AA")
    second = overwrite(harness, make_png("dog"), "0055AB")
    harness.ingest(second)
    admitted = harness.library.find_source(second)
    assert harness.ingest(first) == "gone"
    assert harness.library.find_source(second) == admitted
    assert len(harness.library.images) == 1


def test_events_in_the_wrong_order_without_entity_tags_keep_the_content_that_is_there(harness: PipelineHarness) -> None:
    first = overwrite(harness, make_png("cat"), "0055AA", with_etag=False)
    second = overwrite(harness, make_png("dog") + b"!", "0055AB", with_etag=False)
    harness.ingest(second)
    contents = list_contents(harness)
    harness.ingest(first)
    source = harness.library.find_source(second)
    assert list_contents(harness) == contents
    assert source is not None
    assert source.image_id == make_image_id(harness.owner_keys.load_key(ANNA), *contents)


@pytest.mark.parametrize("with_etag", [True, False])
def test_a_file_that_is_no_image_replaces_one(with_etag: bool, harness: PipelineHarness) -> None:
    harness.ingest(overwrite(harness, make_png(), "0055AA", with_etag))
    upload = overwrite(harness, b"hello", "0055AB", with_etag)
    assert harness.ingest(upload) == UnreadableImage.code
    source = harness.library.find_source(upload)
    assert source is not None
    assert source.code == UnreadableImage.code


def test_the_same_content_again_under_a_later_event_retries_what_had_failed(harness: PipelineHarness) -> None:
    harness.ingest(overwrite(harness, make_png(), "0055AA"))
    harness.prepared_images.clear()
    for work in harness.work_queue.sent:
        harness.analyze(work)
    for finished in harness.result_queue:
        harness.route(finished)
    harness.work_queue.sent.clear()
    harness.ingest(overwrite(harness, make_png(), "0055AB"))
    assert harness.work_queue.sent
