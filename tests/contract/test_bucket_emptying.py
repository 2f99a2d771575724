"""Emptying a bucket in AWS emulated by moto: whatever the keys, however many, and with errors of single keys."""

from threading import Lock
from typing import Any

import pytest
from rekbridge.deploy import bucket_emptying
from rekbridge.deploy.bucket_emptying import empty_bucket
from rekbridge.support.errors import OperatorError

from tests.contract.cloud import Cloud

# What a URL, XML, a shell or a path would change.
ODD_KEYS = [
    "1+1 = 2.jpg",
    "100%.jpg",
    "%2B%20%.jpg",
    " spaces ",
    "ü 日本 🖼",
    "new\nline",
    "tab\t",
    "<&>\"'",
    "a//b/../c",
    "carriage\rreturn",
    "control\x01\x1f",
    "not a character \ufffe",
]


def find_contents(s3: Any, bucket: str) -> list[Any]:
    page = s3.list_object_versions(Bucket=bucket)
    uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return [*page.get("Versions", []), *page.get("DeleteMarkers", []), *uploads]


class ScriptedClient:
    """A client whose calls of `name` are answered by `answer`, which gets the real method."""

    def __init__(self, client: Any, name: str, answer: Any) -> None:
        self.client, self.name, self.answer = client, name, answer

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        return (lambda **arguments: self.answer(method, **arguments)) if name == self.name else method


@pytest.mark.parametrize("versioned", [True, False])
def test_every_key_version_and_delete_marker_is_deleted(cloud: Cloud, versioned: bool) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket(versioned)
    # moto itself cannot list the last ones: see the next test.
    for key in ODD_KEYS[:-3]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"first")
        s3.put_object(Bucket=bucket, Key=key, Body=b"second")
    s3.delete_object(Bucket=bucket, Key=ODD_KEYS[0])
    s3.create_multipart_upload(Bucket=bucket, Key=ODD_KEYS[0])

    empty_bucket(s3, bucket, owner="123456789012")
    assert find_contents(s3, bucket) == []


@pytest.mark.parametrize("key", ODD_KEYS[-3:])
def test_a_key_that_xml_changes_or_cannot_carry_is_deleted_by_its_url(key: str) -> None:
    calls: list[Any] = []

    class OddKeyClient:
        """S3 sends such keys with URL encoding, which botocore decodes."""

        def list_multipart_uploads(self, **_: Any) -> dict[str, Any]:
            return {}

        def list_object_versions(self, **_: Any) -> dict[str, Any]:
            return {"Versions": [{"Key": key, "VersionId": "1"}] if not calls else []}

        def delete_object(self, **arguments: Any) -> None:
            calls.append(arguments)

    empty_bucket(OddKeyClient(), "any", owner="123456789012")
    assert calls == [{"Bucket": "any", "Key": key, "VersionId": "1", "ExpectedBucketOwner": "123456789012"}]


class LargeBucket:
    """S3 with one bucket. moto's fails when objects are deleted while they are listed."""

    def __init__(self, size: int) -> None:
        self.keys = {f"{number} %" for number in range(size)}
        self.batches: list[int] = []
        self.lock = Lock()

    def list_multipart_uploads(self, **_: Any) -> dict[str, Any]:
        return {}

    def list_object_versions(self, KeyMarker: str = "", **_: Any) -> dict[str, Any]:
        with self.lock:
            page = sorted(key for key in self.keys if key > KeyMarker)[:1_001]
        versions = [{"Key": key, "VersionId": "null"} for key in page[:1_000]]
        more = {"IsTruncated": True, "NextKeyMarker": page[999]} if len(page) > 1_000 else {}
        return {"Versions": versions} | more

    def delete_objects(self, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:
        keys = [row["Key"] for row in Delete["Objects"]]
        with self.lock:
            self.batches.append(len(keys))
            self.keys -= set(keys)
        return {}


def test_many_pages_are_deleted_by_a_thousand() -> None:
    s3, deleted = LargeBucket(20_100), list[int]()
    empty_bucket(s3, "any", deleted.append, owner="123456789012")
    assert (sorted(s3.batches), sum(deleted), s3.keys) == ([100] + [1_000] * 20, 20_100, set())


def test_what_s3_refuses_for_the_moment_is_deleted_later(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="slow", Body=b"")
    answers = [{"Errors": [{"Key": "slow", "Code": "SlowDown", "Message": "Reduce your request rate."}]}]

    def answer(delete_objects: Any, **arguments: Any) -> Any:
        return answers.pop() if answers else delete_objects(**arguments)

    empty_bucket(ScriptedClient(s3, "delete_objects", answer), bucket, owner="123456789012")
    assert (answers, find_contents(s3, bucket)) == ([], [])


def test_a_version_that_is_gone_already_is_no_error(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="gone", Body=b"")

    def answer(delete_objects: Any, **arguments: Any) -> Any:
        delete_objects(**arguments)
        return {"Errors": [{"Key": "gone", "Code": "NoSuchVersion", "Message": "It does not exist."}]}

    empty_bucket(ScriptedClient(s3, "delete_objects", answer), bucket, owner="123456789012")
    assert find_contents(s3, bucket) == []


def test_a_version_that_may_not_be_deleted_is_named(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="locked %", Body=b"")

    def answer(_: Any, **arguments: Any) -> Any:
        return {"Errors": [{"Key": "locked %", "Code": "AccessDenied", "Message": "Access Denied"}]}

    with pytest.raises(OperatorError, match=f"S3 does not delete 'locked %' from {bucket}: AccessDenied"):
        empty_bucket(ScriptedClient(s3, "delete_objects", answer), bucket, owner="123456789012")


def test_a_bucket_that_something_writes_to_is_named(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_emptying, "MAX_ROUNDS", 3)
    s3, bucket = cloud.client("s3"), cloud.create_bucket()
    s3.put_object(Bucket=bucket, Key="new", Body=b"")

    def answer(delete_objects: Any, **arguments: Any) -> Any:
        response = delete_objects(**arguments)
        s3.put_object(Bucket=bucket, Key="new", Body=b"")
        return response

    with pytest.raises(OperatorError, match=f"The bucket {bucket} is not empty after it was emptied 3 times"):
        empty_bucket(ScriptedClient(s3, "delete_objects", answer), bucket, owner="123456789012")


def test_a_bucket_that_is_gone_is_empty(cloud: Cloud) -> None:
    empty_bucket(cloud.client("s3"), "this-bucket-was-never-created", owner="123456789012")
