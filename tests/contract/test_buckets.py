"""Prepared images, staged copies and raw answers: fakes and S3 alike."""

import time
from typing import Any

import pytest
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.imaging.sniffing import Prepared
from rekbridge_lambda.ports import Results, Shelf, Staging

from tests.builders import REMOTE, answer, failure
from tests.contract.cloud import Cloud
from tests.fakes import FakeClock, FakeResults, FakeShelf, FakeStaging

either = pytest.mark.parametrize("kind", ["fake", "bucket"])
KEY = "image/p1/0123456789abcdef"
JPEG = Prepared(b"a jpeg", "image/jpeg", 100, 80)


def shelf(kind: str, cloud: Cloud) -> Shelf:
    return FakeShelf() if kind == "fake" else PreparedBucket(cloud.client("s3"), cloud.bucket())


def staging(kind: str, cloud: Cloud) -> Staging:
    if kind == "fake":
        return FakeStaging(FakeClock(round(time.time() * 1000)))
    return StagingBucket(lambda _: cloud.client("s3"), REMOTE, cloud.bucket())


def results(kind: str, cloud: Cloud) -> Results:
    return FakeResults() if kind == "fake" else ResultsBucket(cloud.client("s3"), cloud.bucket())


@either
def test_a_variant_is_read_as_it_was_put(kind: str, cloud: Cloud) -> None:
    on = shelf(kind, cloud)
    for _ in range(2):
        on.put(KEY, JPEG)
    assert on.get(KEY) == b"a jpeg"


@either
def test_a_variant_that_expired_is_gone(kind: str, cloud: Cloud) -> None:
    with pytest.raises(Gone, match=KEY):
        shelf(kind, cloud).get(KEY)


def test_a_variant_keeps_its_content_type(cloud: Cloud) -> None:
    bucket = cloud.bucket()
    PreparedBucket(cloud.client("s3"), bucket).put(KEY, JPEG)
    assert cloud.client("s3").head_object(Bucket=bucket, Key=KEY)["ContentType"] == "image/jpeg"


@either
def test_a_copy_is_listed_with_its_time_until_it_is_taken_away(kind: str, cloud: Cloud) -> None:
    stage = staging(kind, cloud)
    stage.put(KEY, b"a copy")
    [(key, at)] = stage.copies()
    assert (key, stage.size(KEY)) == (KEY, 6)
    assert abs(at - time.time() * 1000) < 60_000
    stage.delete([KEY])
    assert (list(stage.copies()), stage.size(KEY)) == ([], None)


@either
def test_copies_already_gone_are_no_error(kind: str, cloud: Cloud) -> None:
    stage = staging(kind, cloud)
    stage.delete([KEY, "another"])
    stage.delete([])
    assert list(stage.copies()) == []


@either
def test_a_question_never_asked_has_no_answer(kind: str, cloud: Cloud) -> None:
    assert not results(kind, cloud).find(KEY)


@either
@pytest.mark.parametrize("first", [answer("Cat", "ü 猫"), failure()])
def test_an_answer_is_read_as_it_was_put(kind: str, first: Any, cloud: Cloud) -> None:
    kept = results(kind, cloud)
    kept.put(KEY, first)
    assert kept.find(KEY)
    assert kept.get(KEY) == first


@either
def test_the_first_answer_stays(kind: str, cloud: Cloud) -> None:
    kept = results(kind, cloud)
    for one in (answer("Cat"), answer("Dog"), failure()):
        kept.put(KEY, one)
    assert kept.get(KEY) == answer("Cat")
