"""Requests against the service model: what botocore itself would let through."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge.support import paths

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


def broken(rule: dict[str, Any]) -> Iterator[Any]:
    """Values that a parameter's rule in the catalog excludes, one for each of its limits."""
    match rule["type"]:
        case "integer" | "float":
            yield from (rule[limit] + past for limit, past in (("min", -1), ("max", 1)) if limit in rule)
        case "string":
            yield from ("x" * (rule["max"] + 1) for _ in range("max" in rule))
            yield from ("\u2603" * max(1, rule.get("min", 1)) for _ in range("enum" in rule or "pattern" in rule))
        case "list":
            good = next(whole(rule["items"]))
            yield from ([good] * (rule["max"] + 1) for _ in range("max" in rule))
            yield from ([item] for item in broken(rule["items"]))
        case "structure":
            complete = {name: next(whole(rule["members"][name])) for name in rule.get("required", [])}
            for name, member in rule["members"].items():
                yield from (complete | {name: value} for value in broken(member))
            yield from ({name: complete[name] for name in complete if name != left} for left in complete)


def whole(rule: dict[str, Any]) -> Iterator[Any]:
    """A value that fits, as far as the type goes."""
    match rule["type"]:
        case "integer" | "float":
            yield rule.get("min", 0)
        case "string":
            yield rule.get("enum", ["x" * rule.get("min", 1)])[0]
        case "list":
            yield [next(whole(rule["items"]))]
        case "structure":
            yield {name: next(whole(rule["members"][name])) for name in rule.get("required", [])}


BROKEN = [
    (row["action"], name, value)
    for row in json.loads((paths.ROOT / "handlers/rekbridge_lambda/domain/operations.json").read_text()).values()
    for name, rule in row["parameters"].items()
    for value in broken(rule)
]


@pytest.mark.parametrize(("action", "name", "value"), BROKEN, ids=lambda part: str(part)[:40])
def test_what_the_catalog_excludes_is_refused(action: str, name: str, value: Any) -> None:
    error = refusal(action, {"Image": PIXEL, name: value})
    assert error.code == "ValidationException"
    assert f"'{name[0].lower()}{name[1:]}" in error.message


@pytest.mark.parametrize("missing", ["ProjectVersionArn", "Image"])
def test_a_required_parameter_that_is_missing_is_told(missing: str) -> None:
    given = {"Image": PIXEL, "ProjectVersionArn": "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1"}
    error = refusal("DetectCustomLabels", {name: value for name, value in given.items() if name != missing})
    assert "Member must not be null" in error.message


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
