"""Prepared images, staged copies and results: the fakes and the adapters on S3 behave alike."""

import time
from typing import Any

import pytest
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.images import PreparedImage
from rekbridge_lambda.ports import PreparedImageStore, ResultStore, StagingStore

from tests.api_caller import ACCOUNT
from tests.builders import REMOTE, make_failed_result, make_result
from tests.contract.cloud import Cloud
from tests.fakes import FakeClock, FakePreparedImageStore, FakeResultStore, FakeStagingStore

fake_and_bucket = pytest.mark.parametrize("kind", ["fake", "bucket"])
KEY = ResultKey("image/p1/0123456789abcdef")
JPEG = PreparedImage(b"a jpeg", "image/jpeg", 100, 80)


def create_prepared_store(kind: str, cloud: Cloud) -> PreparedImageStore:
    return FakePreparedImageStore() if kind == "fake" else PreparedBucket(cloud.client("s3"), cloud.create_bucket())


def create_staging_store(kind: str, cloud: Cloud) -> StagingStore:
    if kind == "fake":
        return FakeStagingStore(FakeClock(round(time.time() * 1000)))
    return StagingBucket(lambda _: cloud.client("s3"), REMOTE, cloud.create_bucket(), ACCOUNT)


def create_result_store(kind: str, cloud: Cloud) -> ResultStore:
    return FakeResultStore() if kind == "fake" else ResultsBucket(cloud.client("s3"), cloud.create_bucket())


@fake_and_bucket
def test_a_prepared_image_is_read_back(kind: str, cloud: Cloud) -> None:
    store = create_prepared_store(kind, cloud)
    for _ in range(2):
        store.put(KEY, JPEG)
    assert store.get(KEY) == b"a jpeg"


@fake_and_bucket
def test_an_expired_prepared_image_is_gone(kind: str, cloud: Cloud) -> None:
    with pytest.raises(Gone, match=KEY):
        create_prepared_store(kind, cloud).get(KEY)


def test_a_prepared_image_has_its_content_type(cloud: Cloud) -> None:
    bucket = cloud.create_bucket()
    PreparedBucket(cloud.client("s3"), bucket).put(KEY, JPEG)
    assert cloud.client("s3").head_object(Bucket=bucket, Key=KEY)["ContentType"] == "image/jpeg"


@fake_and_bucket
def test_a_staged_copy_is_listed_with_its_time_until_it_is_deleted(kind: str, cloud: Cloud) -> None:
    store = create_staging_store(kind, cloud)
    store.put(KEY, b"a copy")
    [(key, at)] = store.list_copies()
    assert (key, store.get_size(KEY)) == (KEY, 6)
    assert abs(at - time.time() * 1000) < 60_000
    store.delete([KEY])
    assert (list(store.list_copies()), store.get_size(KEY)) == ([], None)


@fake_and_bucket
def test_deleting_missing_copies_is_no_error(kind: str, cloud: Cloud) -> None:
    store = create_staging_store(kind, cloud)
    store.delete([KEY, "another"])
    store.delete([])
    assert list(store.list_copies()) == []


@fake_and_bucket
def test_a_missing_result_is_not_found(kind: str, cloud: Cloud) -> None:
    assert not create_result_store(kind, cloud).has_result(KEY)


@fake_and_bucket
@pytest.mark.parametrize("first", [make_result("Cat", "ü 猫"), make_failed_result()])
def test_a_result_is_read_back(kind: str, first: Any, cloud: Cloud) -> None:
    store = create_result_store(kind, cloud)
    store.put_if_absent(KEY, first)
    assert store.has_result(KEY)
    assert store.load_result(KEY) == first


@fake_and_bucket
def test_the_first_result_is_never_replaced(kind: str, cloud: Cloud) -> None:
    store = create_result_store(kind, cloud)
    for result in (make_result("Cat"), make_result("Dog"), make_failed_result()):
        store.put_if_absent(KEY, result)
    assert store.load_result(KEY) == make_result("Cat")
