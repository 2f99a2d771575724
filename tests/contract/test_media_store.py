"""Original files: the fake and the media bucket on S3 read exactly the version that an event names."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.ports import MediaStore

from tests.builders import HOME, make_s3_event, make_sqs_record, make_upload
from tests.contract.cloud import AWS, Cloud
from tests.contract.deployed_pipeline import DeployedPipeline
from tests.contract.lambda_context import LambdaContext
from tests.fake_buckets import compute_etag
from tests.fakes import FakeMediaStore


class MediaUploader:
    """Stores original files in the fake or in the bucket, whichever is under test."""

    def __init__(self, kind: str, cloud: Cloud) -> None:
        self.s3, self.bucket, self.fake = cloud.client("s3"), cloud.create_bucket(versioned=True), FakeMediaStore()
        self.uses_bucket = kind == "bucket"
        self.media: MediaStore = MediaBucket(self.s3, self.bucket) if self.uses_bucket else self.fake

    def put(self, key: str, body: bytes) -> Upload:
        if self.uses_bucket:
            version = str(self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["VersionId"])
        else:
            version = f"v{len(self.fake)}"
            self.fake[key, version] = body
        return make_upload(key, version, len(body))

    def delete(self, upload: Upload) -> None:
        if self.uses_bucket:
            self.s3.delete_object(Bucket=self.bucket, Key=upload.key, VersionId=upload.version)
        else:
            del self.fake[upload.key, upload.version]


@pytest.fixture(params=["fake", "bucket"])
def uploader(request: pytest.FixtureRequest, cloud: Cloud) -> MediaUploader:
    return MediaUploader(request.param, cloud)


@pytest.mark.parametrize(
    ("offset", "length", "content"), [(0, 4, b"0123"), (4, 3, b"456"), (8, 99, b"89"), (10, 5, b"")]
)
def test_a_range_past_the_end_is_cut_at_the_end(
    uploader: MediaUploader, offset: int, length: int, content: bytes
) -> None:
    original = uploader.put("anna/cat.png", b"0123456789")
    assert uploader.media.read_range(original, offset, length) == content


def test_a_range_of_an_empty_object_is_empty(uploader: MediaUploader) -> None:
    assert uploader.media.read_range(uploader.put("anna/empty", b""), 0, 64) == b""


def test_a_download_returns_the_hash_of_the_file(uploader: MediaUploader) -> None:
    body = bytes(range(256)) * 10_000
    original = BytesIO()
    digest = uploader.media.download(uploader.put("anna/large.tif", body), original)
    assert digest == sha256(body).hexdigest()
    assert original.getvalue() == body


def test_every_version_of_an_overwritten_key_is_read(uploader: MediaUploader) -> None:
    first, second = uploader.put("anna/cat.png", b"one"), uploader.put("anna/cat.png", b"two")
    assert uploader.media.read_range(first, 0, 9) == b"one"
    assert uploader.media.read_range(second, 0, 9) == b"two"


@pytest.mark.parametrize(
    "key", ["anna/my cat (1).png", "anna/a+b=c&d.png", "anna/käse 猫.png", "anna/100%.png", "no folder"]
)
def test_a_key_with_special_characters_is_read(uploader: MediaUploader, key: str) -> None:
    assert uploader.media.read_range(uploader.put(key, b"cat"), 0, 3) == b"cat"


def test_a_deleted_version_is_gone(uploader: MediaUploader) -> None:
    original = uploader.put("anna/cat.png", b"cat")
    uploader.delete(original)
    with pytest.raises(Gone):
        uploader.media.read_range(original, 0, 3)
    with pytest.raises(Gone):
        uploader.media.download(original, BytesIO())


def test_a_missing_key_is_gone(uploader: MediaUploader) -> None:
    with pytest.raises(Gone):
        uploader.media.read_range(replace(make_upload("anna/none"), version="null"), 0, 3)


def test_a_delete_marker_is_gone(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket(versioned=True)
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    marker = s3.delete_object(Bucket=bucket, Key="anna/cat.png")["VersionId"]
    with pytest.raises(Gone):
        MediaBucket(s3, bucket).read_range(make_upload(version=marker), 0, 3)


def test_a_file_replaced_by_a_shorter_one_without_versioning_is_gone(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    with pytest.raises(Gone):
        MediaBucket(s3, bucket).read_range(make_upload(version="null", size=100), 50, 10)


def test_find_upload_returns_the_given_or_the_current_version(uploader: MediaUploader) -> None:
    first, second = uploader.put("anna/cat.png", b"one"), uploader.put("anna/cat.png", b"three")
    for version, expected in ((None, second), (first.version, first), (second.version, second)):
        actual = uploader.media.find_upload("anna/cat.png", version)
        assert (actual.key, actual.version, actual.size) == (expected.key, expected.version, expected.size)


@pytest.mark.parametrize("version", [None, "no-such-version"])
def test_find_upload_of_a_missing_key_or_version_is_gone(uploader: MediaUploader, version: str | None) -> None:
    uploader.put("anna/dog.png", b"dog")
    with pytest.raises(Gone, match="upload it first"):
        uploader.media.find_upload("anna/dog.png" if version else "anna/none.png", version)


def test_find_upload_of_a_deleted_key_is_gone(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket(versioned=True)
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    marker = s3.delete_object(Bucket=bucket, Key="anna/cat.png")["VersionId"]
    for version in (None, marker):
        with pytest.raises(Gone):
            MediaBucket(s3, bucket).find_upload("anna/cat.png", version)


def test_a_key_of_a_bucket_without_versioning_is_found_and_read(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    media = MediaBucket(s3, bucket)
    assert media.read_range(media.find_upload("anna/cat.png"), 0, 9) == b"cat"


def test_content_that_was_overwritten_is_gone_and_the_current_one_is_read(cloud: Cloud) -> None:
    s3, bucket, fake = cloud.client("s3"), cloud.create_bucket(), FakeMediaStore()
    stores: list[MediaStore] = [MediaBucket(s3, bucket), fake]
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=body)
        fake["anna/cat.png", "null"] = body
    for media in stores:
        current = media.find_upload("anna/cat.png")
        assert media.read_range(current, 0, 3) == b"two"
        overwritten = replace(current, etag=compute_etag(b"one"))
        with pytest.raises(Gone, match="overwritten"):
            media.read_range(overwritten, 0, 3)
        with pytest.raises(Gone, match="overwritten"):
            media.download(overwritten, BytesIO())


# What S3 answers to a GET of a version that does not exist: to a role that may list versions, and to one that may not.
NO_SUCH_VERSION = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchVersion</Code><Message>The specified version does not exist.</Message><Key>anna/cat.png</Key>
<VersionId>3HL4kqtJvjVBH40Nrjfkd</VersionId><RequestId>656c76696e6727</RequestId><HostId>Uuag1LuByRx9e6j5</HostId></Error>"""
ACCESS_DENIED = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>656c76696e6727</RequestId>
<HostId>Uuag1LuByRx9e6j5</HostId></Error>"""


class RawResponse(BytesIO):
    """The body of a response, as urllib3 streams it."""

    def stream(self, *_: object, **__: object) -> Any:
        yield self.read()


def make_media_that_answers(status: int, body: bytes) -> MediaBucket:
    """A bucket on S3 that answers every request so."""
    return MediaBucket(make_s3_answer(AWS.create("s3", HOME), status, body), "media")


def make_s3_answer(s3: Any, status: int, body: bytes) -> Any:
    """Lets a client get this response to every request."""
    headers: Any = {"Content-Type": "application/xml"}
    s3.meta.events.register("before-send.s3", lambda **_: AWSResponse("https://s3", status, headers, RawResponse(body)))
    return s3


@pytest.mark.parametrize("method", ["read_range", "download"])
def test_s3s_error_for_a_permanently_deleted_version_means_that_it_is_gone(method: str) -> None:
    media = make_media_that_answers(404, NO_SUCH_VERSION)
    original = make_upload(version="3HL4kqtJvjVBH40Nrjfkd", size=3)
    arguments = (0, 3) if method == "read_range" else (BytesIO(),)
    with pytest.raises(Gone, match="was deleted before it was read"):
        getattr(media, method)(original, *arguments)


def test_denied_access_to_a_version_is_a_bug_and_not_a_deleted_version() -> None:
    """A missing permission must not end images. The roles may list versions: a deleted one is answered with 404."""
    media = make_media_that_answers(403, ACCESS_DENIED)
    with pytest.raises(ClientError, match="AccessDenied"):
        media.read_range(make_upload(version="3HL4kqtJvjVBH40Nrjfkd", size=3), 0, 3)


def test_an_upload_to_which_access_is_denied_goes_to_the_dlq_with_its_fifth_delivery(
    pipeline: DeployedPipeline,
) -> None:
    ingest, queue = pipeline.functions["ingest"], pipeline.queues["uploads"].rpartition("/")[2]
    make_s3_answer(ingest.ingester.media.s3, 403, ACCESS_DENIED)
    event = make_s3_event(make_upload("anna/cat.png", "3HL4kqtJvjVBH40Nrjfkd", 3))
    failed = [
        len(
            ingest.handler({"Records": [make_sqs_record(event, delivery, queue)]}, LambdaContext(30_000))[
                "batchItemFailures"
            ]
        )
        for delivery in range(1, 6)
    ]
    assert failed == [1, 1, 1, 1, 0]
    assert len(pipeline.cloud.receive_bodies(pipeline.queues["dlq"])) == 1
