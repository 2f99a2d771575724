import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.uploads import uploads

from tests.builders import NOW, s3_event, s3_record, upload


@pytest.mark.parametrize(
    "key", ["anna/my cat.png", "anna/a+b.png", "anna/käse 猫.png", "anna/100%.png", "anna/#1?.png"]
)
def test_reads_any_key_as_s3_writes_it(key: str) -> None:
    [read] = uploads(s3_event(upload(key)))
    assert read.key == key


def test_reads_a_blank_written_as_percent_20() -> None:
    record = s3_record(upload("x"))
    record["s3"]["object"]["key"] = "anna/my%20cat%2B1.png"
    [read] = uploads({"Records": [record]})
    assert read.key == "anna/my cat+1.png"


def test_reads_version_size_and_time() -> None:
    [read] = uploads(s3_event(upload(version="v7", size=12)))
    assert (read.version, read.size, read.uploaded_at) == ("v7", 12, NOW - 60_000)


def test_a_bucket_without_versions_has_the_version_null() -> None:
    record = s3_record(upload())
    del record["s3"]["object"]["versionId"]
    [read] = uploads({"Records": [record]})
    assert read.version == "null"


def test_ignores_the_event_that_s3_tests_a_queue_with() -> None:
    assert list(uploads({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "media"})) == []


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.5"])
def test_takes_every_minor_version_of_the_event(version: str) -> None:
    [read] = uploads({"Records": [s3_record(upload(), version)]})
    assert read == upload()


@pytest.mark.parametrize("version", ["1.0", "3.0", "20.1"])
def test_takes_no_other_version_of_the_event(version: str) -> None:
    with pytest.raises(UnreadableMessage, match=version):
        list(uploads({"Records": [s3_record(upload(), version)]}))


@pytest.mark.parametrize(
    "event", [{}, {"Records": None}, {"Records": [{}]}, {"Records": ["x"]}, {"Records": [{"s3": 1}]}]
)
def test_what_is_no_event_of_s3_is_unreadable(event: dict[str, object]) -> None:
    with pytest.raises(UnreadableMessage):
        list(uploads(event))


def test_an_event_that_cannot_be_read_tells_no_key() -> None:
    record = s3_record(upload("anna/passport.jpg"), "3.0")
    with pytest.raises(UnreadableMessage) as told:
        list(uploads({"Records": [record]}))
    assert "anna" not in str(told.value)


@pytest.mark.parametrize(("key", "owner"), [("anna/2026/cat.png", "anna"), ("cat.png", ""), ("/cat.png", "")])
def test_the_owner_is_the_first_segment_of_the_key(key: str, owner: str) -> None:
    assert upload(key).owner == owner
