"""Bodies of analysis requests: an image file, or Rekognition's JSON with an image or a key of the media bucket."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.adapters.http.bodies import JSON_TYPE, parse_analysis_request
from rekbridge_lambda.domain.errors import InvalidParameter, InvalidRequest, UnsupportedType
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.requests import AnalysisRequest, S3ImageRef

LABELS, COMPARE_FACES = CATALOG["labels"], CATALOG["compare-faces"]
BYTES = {"Bytes": base64.b64encode(b"an image").decode()}


def parse_body(body: Any, operation: str = "labels") -> AnalysisRequest:
    return parse_analysis_request(CATALOG[operation], JSON_TYPE, json.dumps(body).encode())


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/x-whatever", "application/octet-stream"])
def test_a_file_has_no_parameters(content_type: str) -> None:
    assert parse_analysis_request(LABELS, content_type, b"an image") == AnalysisRequest((b"an image",), {})


def test_json_has_the_form_of_rekognitions_requests() -> None:
    assert parse_body({"Image": BYTES, "MaxLabels": 5}) == AnalysisRequest((b"an image",), {"MaxLabels": 5})


def test_a_key_refers_to_the_media_bucket() -> None:
    assert parse_body({"Image": {"S3Object": {"Name": "anna/cat.jpg"}}}).images == (S3ImageRef("anna/cat.jpg"),)
    versioned = {
        "S3Object": {
            "Name": "anna/cat.jpg",
            "Version": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo",
        }
    }
    assert parse_body({"Image": versioned}).images[0] == S3ImageRef("anna/cat.jpg", versioned["S3Object"]["Version"])


def test_two_images_have_the_order_of_rekognitions_parameters() -> None:
    both = {"TargetImage": BYTES, "SourceImage": {"S3Object": {"Name": "anna/me.jpg"}}}
    assert parse_body(both, "compare-faces").images == (S3ImageRef("anna/me.jpg"), b"an image")


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "application/x-amz-json-1.1"])
def test_another_content_type_is_refused_with_what_is_valid(content_type: str) -> None:
    with pytest.raises(UnsupportedType, match=r"image/\* or application/octet-stream"):
        parse_analysis_request(LABELS, content_type, b"x")


def test_a_file_is_refused_where_two_images_are_needed() -> None:
    with pytest.raises(UnsupportedType, match="SourceImage and TargetImage"):
        parse_analysis_request(COMPARE_FACES, "image/jpeg", b"x")


@pytest.mark.parametrize("content_type", ["image/png", JSON_TYPE])
def test_an_empty_body_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_analysis_request(LABELS, content_type, b"")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "not JSON in UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not JSON in UTF-8"),
        (b'{"Image": "\xe4"}', "not JSON in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"MaxLabels": ' + b"9" * 5_000 + b"}", "not JSON in UTF-8"),
        (b"[]", "has to be a JSON object"),
        (b"null", "has to be a JSON object"),
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        parse_analysis_request(LABELS, JSON_TYPE, body)


@pytest.mark.parametrize(
    ("image", "message"),
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
        ({"S3Object": {"Bucket": "other", "Name": "x"}}, "Bucket is not accepted"),
        ({"S3Object": {"Name": 7}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": ""}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": "a b"}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Extra": 1}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "anna/cat.jpg", "Version": "1", "Extra": 1}}, "Image.S3Object has to be"),
        ({"S3Object": {"Name": "../results/secret.json"}}, "no part of a key may be"),
        ({"S3Object": {"Name": "anna/\ud800.jpg"}}, "half a character"),
    ],
)
def test_an_invalid_image_is_refused_with_what_is_valid(image: Any, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        parse_body({"Image": image} if image is not None else {})


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda values: (
            st.lists(values) | st.dictionaries(st.sampled_from(["Image", "Bytes", "S3Object", "Name", "x"]), values)
        ),
    )
)
def test_any_json_is_parsed_or_refused(body: Any) -> None:
    # Any other error fails.
    with suppress(InvalidRequest):
        parse_analysis_request(LABELS, JSON_TYPE, json.dumps(body).encode())


@given(st.binary())
def test_any_bytes_as_json_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_analysis_request(LABELS, JSON_TYPE, body)


@pytest.mark.parametrize("depth", [32, 64, 900, 3_000, 60_000])
@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["array", "object"])
def test_json_that_is_nested_too_deeply_is_refused(depth: int, start: bytes, end: bytes) -> None:
    body = b'{"Image": {"S3Object": {"Name": "a/b.jpg"}}, "Settings": ' + start * depth + b"1" + end * depth + b"}"
    with pytest.raises(InvalidRequest, match="nested too deeply, in more than 32 levels"):
        parse_analysis_request(LABELS, JSON_TYPE, body)


def test_json_with_as_many_levels_as_rekognition_has_is_accepted() -> None:
    settings = {"a": {"b": [{"c": [1, {"d": 2}]}]}}
    request = parse_body({"Image": {"S3Object": {"Name": "a/b.jpg"}}, "Settings": settings})
    assert request.parameters == {"Settings": settings}
