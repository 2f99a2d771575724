"""Original files: the fake and the media bucket on S3 read exactly the version that an event names."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.ports import MediaStore

from tests.builders import make_upload
from tests.contract.cloud import Cloud
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
