"""What callers send: an image file, or Rekognition's own JSON with an image or a key of ours in it."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import InvalidParameter, InvalidRequest, UnsupportedType
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.requests import JSON, Question, Stored, question

LABELS, FACES = CATALOG["labels"], CATALOG["compare-faces"]
BYTES = {"Bytes": base64.b64encode(b"an image").decode()}


def asked(body: Any, operation: str = "labels") -> Question:
    return question(CATALOG[operation], JSON, json.dumps(body).encode())


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/x-whatever", "application/octet-stream"])
def test_a_file_is_asked_about_as_it_is_deployed(content_type: str) -> None:
    assert question(LABELS, content_type, b"an image") == Question((b"an image",), {})


def test_json_is_rekognitions_own() -> None:
    assert asked({"Image": BYTES, "MaxLabels": 5}) == Question((b"an image",), {"MaxLabels": 5})


def test_a_key_is_one_of_the_media_bucket() -> None:
    assert asked({"Image": {"S3Object": {"Name": "anna/cat.jpg"}}}).images == (Stored("anna/cat.jpg"),)
    named = {
        "S3Object": {
            "Name": "anna/cat.jpg",
            "Version": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo",
        }
    }
    assert asked({"Image": named}).images[0] == Stored("anna/cat.jpg", named["S3Object"]["Version"])


def test_two_images_come_in_rekognitions_order() -> None:
    both = {"TargetImage": BYTES, "SourceImage": {"S3Object": {"Name": "anna/me.jpg"}}}
    assert asked(both, "compare-faces").images == (Stored("anna/me.jpg"), b"an image")


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "application/x-amz-json-1.1"])
def test_another_content_type_is_told_what_would_do(content_type: str) -> None:
    with pytest.raises(UnsupportedType, match=r"image/\* or application/octet-stream"):
        question(LABELS, content_type, b"x")


def test_one_file_is_not_two() -> None:
    with pytest.raises(UnsupportedType, match="SourceImage and TargetImage"):
        question(FACES, "image/jpeg", b"x")


@pytest.mark.parametrize("content_type", ["image/png", JSON])
def test_an_empty_body_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidRequest):
        question(LABELS, content_type, b"")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "no JSON in UTF-8"),
        (b"\xff\xfe{\x00}\x00", "no JSON in UTF-8"),
        (b'{"Image": "\xe4"}', "no JSON in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"MaxLabels": ' + b"9" * 5_000 + b"}", "no JSON in UTF-8"),
        (b"[]", "has to be a JSON object"),
        (b"null", "has to be a JSON object"),
    ],
)
def test_what_is_no_json_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        question(LABELS, JSON, body)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (None, "Image has to be"),
        ({}, "Image has to be"),
        ("anna/cat.jpg", "Image has to be"),
        (BYTES | {"S3Object": {"Name": "anna/cat.jpg"}}, "Image has to be"),
        ({"Bytes": ""}, "Image.Bytes is empty"),
        ({"Bytes": "no base64!"}, "Image.Bytes is not base64"),
        ({"Bytes": "ä"}, "Image.Bytes is not base64"),
        ({"Bytes": "QQ"}, "Image.Bytes is not base64"),
        ({"Bytes": 7}, "Image has to be"),
        ({"S3Object": {"Bucket": "other", "Name": "x"}}, "Bucket is not taken"),
        ({"S3Object": {"Name": 7}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": ""}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": "a b"}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Extra": 1}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": "1", "Extra": 1}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "../results/secret.json"}}, "no part of a key may be"),
        ({"S3Object": {"Name": "anna/\ud800.jpg"}}, "half a character"),
    ],
)
def test_what_is_no_image_is_told_what_would_be(image: Any, says: str) -> None:
    with pytest.raises(InvalidParameter, match=says):
        asked({"Image": image} if image is not None else {})


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda some: (
            st.lists(some) | st.dictionaries(st.sampled_from(["Image", "Bytes", "S3Object", "Name", "x"]), some)
        ),
    )
)
def test_whatever_json_comes_is_a_question_or_told_why_not(body: Any) -> None:
    # Any other error fails.
    with suppress(InvalidRequest):
        question(LABELS, JSON, json.dumps(body).encode())


@given(st.binary())
def test_whatever_bytes_come_as_json_are_told_why_not(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        question(LABELS, JSON, body)
