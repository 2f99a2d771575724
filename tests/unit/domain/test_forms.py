"""Keys that callers may name, and upload forms they may have."""

from typing import Any

import pytest
from rekbridge_lambda.domain import media_keys
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.upload_requests import Wish, wish


@pytest.mark.parametrize(
    "key", ["a", "anna/cat.jpg", "anna/käse 猫\u202f.png", "anna/a..b/...c", "anna//x", "x" * 1024]
)
def test_any_key_that_means_one_thing_may_be_named(key: str) -> None:
    assert media_keys.checked(key) == key


@pytest.mark.parametrize(
    ("key", "says"),
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
def test_a_key_that_means_another_elsewhere_is_refused(key: str, says: str) -> None:
    with pytest.raises(InvalidParameter, match=says):
        media_keys.checked(key)


def test_a_wish_names_its_key_and_perhaps_its_type() -> None:
    assert wish({"key": "anna/cat.jpg"}) == Wish("anna/cat.jpg")
    asked = {"key": "anna/cat.jpg", "content_type": "image/svg+xml"}
    assert wish(asked) == Wish("anna/cat.jpg", "image/svg+xml")


@pytest.mark.parametrize(
    ("told", "says"),
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
def test_any_other_wish_is_told_what_would_do(told: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidParameter, match=says):
        wish(told)
