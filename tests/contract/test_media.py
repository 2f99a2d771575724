"""The originals: exactly the version that an event speaks of, of the fake and of S3 alike."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.ports import Media

from tests.builders import upload
from tests.contract.cloud import Cloud
from tests.fakes import FakeMedia


class Uploader:
    """Puts originals where a media port finds them."""

    def __init__(self, kind: str, cloud: Cloud) -> None:
        self.s3, self.bucket, self.fake = cloud.client("s3"), cloud.bucket(versioned=True), FakeMedia()
        self.real = kind == "bucket"
        self.media: Media = MediaBucket(self.s3, self.bucket) if self.real else self.fake

    def put(self, key: str, body: bytes) -> Upload:
        if self.real:
            version = str(self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["VersionId"])
        else:
            version = f"v{len(self.fake)}"
            self.fake[key, version] = body
        return upload(key, version, len(body))

    def delete(self, upload: Upload) -> None:
        if self.real:
            self.s3.delete_object(Bucket=self.bucket, Key=upload.key, VersionId=upload.version)
        else:
            del self.fake[upload.key, upload.version]


@pytest.fixture(params=["fake", "bucket"])
def uploader(request: pytest.FixtureRequest, cloud: Cloud) -> Uploader:
    return Uploader(request.param, cloud)


@pytest.mark.parametrize(("offset", "length", "found"), [(0, 4, b"0123"), (4, 3, b"456"), (8, 99, b"89"), (10, 5, b"")])
def test_a_range_is_read_shorter_at_the_end(uploader: Uploader, offset: int, length: int, found: bytes) -> None:
    told = uploader.put("anna/cat.png", b"0123456789")
    assert uploader.media.read(told, offset, length) == found


def test_an_empty_object_has_nothing_to_read(uploader: Uploader) -> None:
    assert uploader.media.read(uploader.put("anna/empty", b""), 0, 64) == b""


def test_a_file_is_streamed_and_hashed(uploader: Uploader, tmp_path: Path) -> None:
    body = bytes(range(256)) * 10_000
    content = uploader.media.fetch(uploader.put("anna/large.tif", body), tmp_path / "original")
    assert content == sha256(body).hexdigest()
    assert (tmp_path / "original").read_bytes() == body


def test_an_overwritten_key_still_has_its_versions(uploader: Uploader) -> None:
    first, second = uploader.put("anna/cat.png", b"one"), uploader.put("anna/cat.png", b"two")
    assert uploader.media.read(first, 0, 9) == b"one"
    assert uploader.media.read(second, 0, 9) == b"two"


@pytest.mark.parametrize(
    "key", ["anna/my cat (1).png", "anna/a+b=c&d.png", "anna/käse 猫.png", "anna/100%.png", "no folder"]
)
def test_any_key_is_found(uploader: Uploader, key: str) -> None:
    assert uploader.media.read(uploader.put(key, b"cat"), 0, 3) == b"cat"


def test_a_version_deleted_meanwhile_is_gone(uploader: Uploader, tmp_path: Path) -> None:
    told = uploader.put("anna/cat.png", b"cat")
    uploader.delete(told)
    with pytest.raises(Gone):
        uploader.media.read(told, 0, 3)
    with pytest.raises(Gone):
        uploader.media.fetch(told, tmp_path / "original")


def test_a_key_that_never_was_is_gone(uploader: Uploader) -> None:
    with pytest.raises(Gone):
        uploader.media.read(replace(upload("anna/none"), version="null"), 0, 3)


def test_a_delete_marker_is_gone(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.bucket(versioned=True)
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    marker = s3.delete_object(Bucket=bucket, Key="anna/cat.png")["VersionId"]
    with pytest.raises(Gone):
        MediaBucket(s3, bucket).read(upload(version=marker), 0, 3)


def test_without_versions_a_shorter_file_in_its_place_means_gone(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    with pytest.raises(Gone):
        MediaBucket(s3, bucket).read(upload(version="null", size=100), 50, 10)


def test_a_key_is_found_with_its_current_version(uploader: Uploader) -> None:
    first, second = uploader.put("anna/cat.png", b"one"), uploader.put("anna/cat.png", b"three")
    for version, told in ((None, second), (first.version, first), (second.version, second)):
        found = uploader.media.find("anna/cat.png", version)
        assert (found.key, found.version, found.size) == (told.key, told.version, told.size)


@pytest.mark.parametrize("version", [None, "never-was"])
def test_a_key_or_version_that_is_not_there_is_not_found(uploader: Uploader, version: str | None) -> None:
    uploader.put("anna/dog.png", b"dog")
    with pytest.raises(Gone, match="upload it first"):
        uploader.media.find("anna/dog.png" if version else "anna/none.png", version)


def test_a_deleted_key_is_not_found(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.bucket(versioned=True)
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    marker = s3.delete_object(Bucket=bucket, Key="anna/cat.png")["VersionId"]
    for version in (None, marker):
        with pytest.raises(Gone):
            MediaBucket(s3, bucket).find("anna/cat.png", version)


def test_a_key_of_a_bucket_without_versions_is_found_and_read(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="anna/cat.png", Body=b"cat")
    media = MediaBucket(s3, bucket)
    assert media.read(media.find("anna/cat.png"), 0, 9) == b"cat"
