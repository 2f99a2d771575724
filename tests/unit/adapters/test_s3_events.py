from dataclasses import replace

import pytest
from rekbridge_lambda.adapters.s3.events import parse_s3_event
from rekbridge_lambda.domain.errors import UnreadableMessage

from tests.builders import NOW, make_s3_event, make_s3_record, make_upload


@pytest.mark.parametrize(
    "key", ["anna/my cat.png", "anna/a+b.png", "anna/käse 猫.png", "anna/100%.png", "anna/#1?.png"]
)
def test_decodes_a_key_as_s3_encodes_it(key: str) -> None:
    [upload] = parse_s3_event(make_s3_event(make_upload(key)))
    assert upload.key == key


def test_decodes_a_space_encoded_as_percent_20() -> None:
    record = make_s3_record(make_upload("x"))
    record["s3"]["object"]["key"] = "anna/my%20cat%2B1.png"
    [upload] = parse_s3_event({"Records": [record]})
    assert upload.key == "anna/my cat+1.png"


def test_parses_version_size_and_time() -> None:
    [upload] = parse_s3_event(make_s3_event(make_upload(version="v7", size=12)))
    assert (upload.version, upload.size, upload.uploaded_at) == ("v7", 12, NOW - 60_000)


def test_a_bucket_without_versions_has_the_version_null() -> None:
    record = make_s3_record(make_upload())
    del record["s3"]["object"]["versionId"]
    [upload] = parse_s3_event({"Records": [record]})
    assert upload.version == "null"


def test_parses_the_entity_tag_where_there_is_one() -> None:
    tagged = replace(make_upload(), etag="d41d8cd98f00b204e9800998ecf8427e")
    assert list(parse_s3_event(make_s3_event(tagged, make_upload()))) == [tagged, make_upload()]


def test_ignores_the_test_event_of_s3() -> None:
    assert list(parse_s3_event({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "media"})) == []


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.5"])
def test_accepts_every_minor_version_of_the_event(version: str) -> None:
    [upload] = parse_s3_event({"Records": [make_s3_record(make_upload(), version)]})
    assert upload == make_upload()


@pytest.mark.parametrize("version", ["1.0", "3.0", "20.1"])
def test_another_major_version_of_the_event_is_unreadable(version: str) -> None:
    with pytest.raises(UnreadableMessage, match=version):
        list(parse_s3_event({"Records": [make_s3_record(make_upload(), version)]}))


@pytest.mark.parametrize(
    "event", [{}, {"Records": None}, {"Records": [{}]}, {"Records": ["x"]}, {"Records": [{"s3": 1}]}]
)
def test_a_body_that_is_not_an_s3_event_is_unreadable(event: dict[str, object]) -> None:
    with pytest.raises(UnreadableMessage):
        list(parse_s3_event(event))


def test_the_error_for_an_unreadable_event_contains_no_key() -> None:
    record = make_s3_record(make_upload("anna/passport.jpg"), "3.0")
    with pytest.raises(UnreadableMessage) as error:
        list(parse_s3_event({"Records": [record]}))
    assert "anna" not in str(error.value)
