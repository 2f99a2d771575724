"""Requests against the service model: what botocore itself would let through."""

import base64
from typing import Any

import pytest

from engine import protocol, validation
from engine.errors import ServiceError

PIXEL = {"Bytes": base64.b64encode(b"x").decode()}


def refusal(action: str, request: dict[str, Any]) -> ServiceError:
    shape = protocol.operation(action).input_shape
    with pytest.raises(ServiceError) as refused:
        validation.check(validation.decoded(request, shape), shape)
    return refused.value


@pytest.mark.parametrize(
    ("action", "request_", "constraint"),
    [
        ("DetectLabels", {"MinConfidence": 250}, "Value '250' at 'minConfidence' failed to satisfy constraint: "
         "Member must have value less than or equal to 100"),
        ("DetectLabels", {"MinConfidence": -1}, "greater than or equal to 0"),
        ("DetectFaces", {"Attributes": ["WIT"]}, "at 'attributes.1.member' .* enum value set: [DEFAULT, ALL, "),
        ("DetectText", {"Image": {"S3Object": {"Bucket": "a bucket", "Name": "x"}}},
         "at 'image.s3Object.bucket' failed to satisfy constraint: Member must satisfy regular expression pattern"),
        ("DetectText", {"Image": {"S3Object": {"Bucket": "bucket", "Name": "x" * 1025}}},
         "length less than or equal to 1024"),
        ("DetectText", {"Filters": {"RegionsOfInterest": [{}] * 11}}, "length less than or equal to 10"),
        ("DetectText", {"Image": None}, "Value null at 'image' failed to satisfy constraint: Member must not be null"),
    ],
)  # fmt: skip
def test_refuses_what_breaks_a_constraint_and_says_which(
    action: str, request_: dict[str, Any], constraint: str
) -> None:
    error = refusal(action, {"Image": PIXEL} | request_)
    assert error.code == "ValidationException"
    parts = constraint.split(" .* ")
    assert all(part in error.message for part in parts)


def test_an_image_over_five_megabytes_is_refused_in_the_words_clients_search_for() -> None:
    five_mb_and_one = base64.b64encode(bytes(5 * 1024 * 1024 + 1)).decode()
    assert refusal("DetectText", {"Image": {"Bytes": five_mb_and_one}}).message == (
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=5242881 cap=5242881]' at 'image.bytes' "
        "failed to satisfy constraint: Member must have length less than or equal to 5242880"
    )


def test_counts_every_broken_constraint() -> None:
    error = refusal("DetectLabels", {"Image": PIXEL, "MinConfidence": 101, "MaxLabels": -1})
    assert error.message.startswith("2 validation errors detected: ")


@pytest.mark.parametrize(
    "request_",
    [{"Image": []}, {"Image": {"Bytes": 7}}, {"Image": {"Bytes": "no base64!"}}, {"Image": PIXEL, "MaxLabels": "1"},
     {"Image": PIXEL, "MaxLabels": True}, {"Image": PIXEL, "MaxLabels": 1.5}, []],
)  # fmt: skip
def test_a_wrong_type_cannot_be_read(request_: Any) -> None:
    with pytest.raises(ServiceError, match="SerializationException"):
        validation.decoded(request_, protocol.operation("DetectLabels").input_shape)


def test_members_that_rekognition_does_not_have_are_ignored() -> None:
    shape = protocol.operation("DetectLabels").input_shape
    assert validation.decoded({"Image": PIXEL, "Mood": "good", "MaxLabels": None}, shape) == {"Image": {"Bytes": b"x"}}


def test_every_pattern_of_the_model_is_one_that_python_reads() -> None:
    service = protocol.service()
    patterns = [service.shape_for(name).metadata.get("pattern") for name in service.shape_names]
    assert len([validation.expression(pattern) for pattern in patterns if pattern]) > 20


def test_an_answer_with_a_member_of_our_own_is_a_bug() -> None:
    with pytest.raises(KeyError):
        protocol.shaped({"TextDetections": [{"Mood": "good"}]}, protocol.operation("DetectText").output_shape)
