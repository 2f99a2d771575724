"""Keys that a caller may use, upload requests, and the owner of an upload."""

import json
from typing import Any

import pytest
from rekbridge_lambda.adapters.http.bodies import parse_upload_request
from rekbridge_lambda.domain import media_keys
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.uploads import UploadRequest

from tests.builders import make_upload


@pytest.mark.parametrize(
    "key", ["a", "anna/cat.jpg", "anna/käse 猫\u202f.png", "anna/a..b/...c", "anna//x", "x" * 1024]
)
def test_an_unambiguous_key_is_accepted(key: str) -> None:
    assert media_keys.check_key(key) == key


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "1 to 1024 bytes"),
        ("ä" * 513, "this one has 1026"),
        ("anna/\ud83d", "half a character"),
        ("anna/a\nb", "control characters"),
        ("anna/\x00", "control characters"),
        ("../other/x", "no part"),
        ("anna/./x", "no part"),
        ("anna/..", "no part"),
    ],
)
def test_an_ambiguous_key_is_refused(key: str, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        media_keys.check_key(key)


def test_an_upload_request_has_a_key_and_an_optional_content_type() -> None:
    assert parse_upload_request(json.dumps({"key": "anna/cat.jpg"}).encode()) == UploadRequest("anna/cat.jpg")
    body = {"key": "anna/cat.jpg", "content_type": "image/svg+xml"}
    assert parse_upload_request(json.dumps(body).encode()) == UploadRequest("anna/cat.jpg", "image/svg+xml")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "needs a key"),
        ({"key": 7}, "needs a key"),
        ({"key": "cat.jpg"}, "no owner and file name"),
        ({"key": "/cat.jpg"}, "no owner and file name"),
        ({"key": "anna/"}, "no owner and file name"),
        ({"key": "anna/${filename}"}, "name the file"),
        ({"key": "anna/../otto/x"}, "no part of a key"),
        ({"key": "anna/x", "bucket": "other"}, "takes no 'bucket'"),
        ({"key": "anna/x", "content_type": "text/html"}, "content_type has to be"),
        ({"key": "anna/x", "content_type": 'image/png"], ["eq'}, "content_type has to be"),
        ({"key": "anna/x", "content_type": 7}, "content_type has to be"),
    ],
)
def test_an_invalid_upload_request_is_refused_with_what_is_valid(body: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        parse_upload_request(json.dumps(body).encode())


@pytest.mark.parametrize(("key", "owner"), [("anna/2026/cat.png", "anna"), ("cat.png", ""), ("/cat.png", "")])
def test_the_owner_is_the_first_segment_of_the_key(key: str, owner: str) -> None:
    assert make_upload(key).owner == owner
