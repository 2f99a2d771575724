"""Requests against the service model: constraints that botocore itself does not check."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge_engine import protocol, validation
from rekbridge_engine.errors import ServiceError

from tests.engine.engine_process import OPERATIONS

PIXEL = {"Bytes": base64.b64encode(b"x").decode()}


def get_error(action: str, request: dict[str, Any]) -> ServiceError:
    shape = protocol.get_operation_model(action).input_shape
    with pytest.raises(ServiceError) as raised:
        validation.check_constraints(validation.decode_request(request, shape), shape)
    return raised.value


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
def test_broken_constraint_is_refused_and_named(action: str, request_: dict[str, Any], constraint: str) -> None:
    error = get_error(action, {"Image": PIXEL} | request_)
    assert error.code == "ValidationException"
    parts = constraint.split(" .* ")
    assert all(part in error.message for part in parts)


def test_image_over_5_mb_is_refused_with_the_message_of_aws() -> None:
    five_mb_and_one = base64.b64encode(bytes(5 * 1024 * 1024 + 1)).decode()
    assert get_error("DetectText", {"Image": {"Bytes": five_mb_and_one}}).message == (
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=5242881 cap=5242881]' at 'image.bytes' "
        "failed to satisfy constraint: Member must have length less than or equal to 5242880"
    )


def generate_invalid(rule: dict[str, Any]) -> Iterator[Any]:
    """Values that a parameter's rule in operations.json excludes, one for each of its limits."""
    match rule["type"]:
        case "integer" | "float":
            yield from (rule[limit] + past for limit, past in (("min", -1), ("max", 1)) if limit in rule)
        case "string":
            yield from ("x" * (rule["max"] + 1) for _ in range("max" in rule))
            yield from ("\u2603" * max(1, rule.get("min", 1)) for _ in range("enum" in rule or "pattern" in rule))
        case "list":
            good = next(generate_valid(rule["items"]))
            yield from ([good] * (rule["max"] + 1) for _ in range("max" in rule))
            yield from ([item] for item in generate_invalid(rule["items"]))
        case "structure":
            complete = {name: next(generate_valid(rule["members"][name])) for name in rule.get("required", [])}
            for name, member in rule["members"].items():
                yield from (complete | {name: value} for value in generate_invalid(member))
            yield from ({name: complete[name] for name in complete if name != removed} for removed in complete)


def generate_valid(rule: dict[str, Any]) -> Iterator[Any]:
    """A value that the rule allows; only its type, minimum and enum are considered."""
    match rule["type"]:
        case "integer" | "float":
            yield rule.get("min", 0)
        case "string":
            yield rule.get("enum", ["x" * rule.get("min", 1)])[0]
        case "list":
            yield [next(generate_valid(rule["items"]))]
        case "structure":
            yield {name: next(generate_valid(rule["members"][name])) for name in rule.get("required", [])}


INVALID_VALUES = [
    (row["action"], name, value)
    for row in OPERATIONS.values()
    for name, rule in row["parameters"].items()
    for value in generate_invalid(rule)
]


@pytest.mark.parametrize(("action", "name", "value"), INVALID_VALUES, ids=lambda part: str(part)[:40])
def test_value_that_operations_json_excludes_is_refused(action: str, name: str, value: Any) -> None:
    error = get_error(action, {"Image": PIXEL, name: value})
    assert error.code == "ValidationException"
    assert f"'{name[0].lower()}{name[1:]}" in error.message


@pytest.mark.parametrize("missing", ["ProjectVersionArn", "Image"])
def test_missing_required_parameter_is_named(missing: str) -> None:
    complete = {"Image": PIXEL, "ProjectVersionArn": "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1"}
    error = get_error("DetectCustomLabels", {name: value for name, value in complete.items() if name != missing})
    assert "Member must not be null" in error.message


def test_all_broken_constraints_are_counted() -> None:
    error = get_error("DetectLabels", {"Image": PIXEL, "MinConfidence": 101, "MaxLabels": -1})
    assert error.message.startswith("2 validation errors detected: ")


@pytest.mark.parametrize(
    "request_",
    [{"Image": []}, {"Image": {"Bytes": 7}}, {"Image": {"Bytes": "no base64!"}}, {"Image": PIXEL, "MaxLabels": "1"},
     {"Image": PIXEL, "MaxLabels": True}, {"Image": PIXEL, "MaxLabels": 1.5}, []],
)  # fmt: skip
def test_wrong_type_is_a_serialization_error(request_: Any) -> None:
    with pytest.raises(ServiceError, match="SerializationException"):
        validation.decode_request(request_, protocol.get_operation_model("DetectLabels").input_shape)


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"Image": ' * 200_000, b"{", b"\xff", b"[]"])
def test_body_that_is_no_json_object_is_a_serialization_error(body: bytes) -> None:
    with pytest.raises(ServiceError, match="SerializationException"):
        protocol.parse_body(body)


def test_unknown_members_are_ignored() -> None:
    shape = protocol.get_operation_model("DetectLabels").input_shape
    request = {"Image": PIXEL, "Mood": "good", "MaxLabels": None}
    assert validation.decode_request(request, shape) == {"Image": {"Bytes": b"x"}}


def test_every_pattern_of_the_model_compiles_in_python() -> None:
    service = protocol.load_service_model()
    patterns = [service.shape_for(name).metadata.get("pattern") for name in service.shape_names]
    assert len([validation.compile_pattern(pattern) for pattern in patterns if pattern]) > 20


def test_response_with_an_unknown_member_raises_key_error() -> None:
    shape = protocol.get_operation_model("DetectText").output_shape
    with pytest.raises(KeyError):
        protocol.shape_response({"TextDetections": [{"Mood": "good"}]}, shape)
