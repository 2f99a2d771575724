"""JSON Schemas of parameters, from the catalog's limits, and of Rekognition's responses, from botocore's model."""

from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.model import ListShape, Shape, StructureShape
from rekbridge_lambda.domain.parameters import FORBIDDEN_PARAMETER, MAX_NUMBER

from rekbridge.support.json_types import JsonObject

KEY: JsonObject = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1024,
    # No control characters, and no part that is . or ..
    "pattern": r"^(?!(?:[^/]*/)*\.{1,2}(?:/|$))[^\x00-\x1f\x7f]+$",
    "description": "A key in the media bucket, up to 1,024 bytes of UTF-8.",
    "examples": ["anna/cat.jpg"],
}
IMAGE: JsonObject = {
    "oneOf": [
        {
            "type": "object",
            "properties": {
                "Bytes": {
                    "type": "string",
                    "contentEncoding": "base64",
                    "minLength": 4,
                    "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
                }
            },
            "required": ["Bytes"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "S3Object": {
                    "type": "object",
                    "properties": {
                        "Name": KEY,
                        "Version": {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": "^[!-~]+$"},
                    },
                    "required": ["Name"],
                    "additionalProperties": False,
                }
            },
            "required": ["S3Object"],
            "additionalProperties": False,
        },
    ]
}


def build_parameter_schema(limits: Mapping[str, Any]) -> JsonObject:
    """Build the schema of a parameter from its limits in operations.json."""
    minimum, maximum = limits.get("min"), limits.get("max")
    match limits["type"]:
        case "structure":
            return build_object_schema(limits["members"], limits.get("required", []))
        case "list":
            return {"type": "array", "items": build_parameter_schema(limits["items"])} | build_bounds(
                "Items", minimum, maximum
            )
        case "string":
            schema: JsonObject = {"type": "string"} | build_bounds("Length", minimum, maximum)
            if "pattern" in limits:
                # AWS matches the whole string.
                schema["pattern"] = f"^(?:{limits['pattern']})$"
            return schema | ({"enum": limits["enum"]} if "enum" in limits else {})
        case "integer":
            return {"type": "integer"} | build_bounds(
                "imum", -MAX_NUMBER if minimum is None else minimum, maximum or MAX_NUMBER
            )
        case "float":
            return {"type": "number"} | build_bounds(
                "imum", -MAX_NUMBER if minimum is None else minimum, maximum or MAX_NUMBER
            )
    raise ValueError(f"no JSON Schema for the type {limits['type']}")


def build_object_schema(members: Mapping[str, Any], required: list[str]) -> JsonObject:
    """Build the schema of an object that has these members and no other."""
    properties = {
        name: build_parameter_schema(member) for name, member in members.items() if name != FORBIDDEN_PARAMETER
    }
    schema: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def build_bounds(suffix: str, minimum: Any, maximum: Any) -> JsonObject:
    """Build the keywords of the bounds that are set, like minItems and maxItems for the suffix Items."""
    return {f"{name}{suffix}": value for name, value in (("min", minimum), ("max", maximum)) if value is not None}


def build_response_schema(action: str, schemas: JsonObject) -> JsonObject:
    """Build the schema of Rekognition's response to an action. The shapes in it are added to `schemas`."""
    shape = botocore.session.get_session().get_service_model("rekognition").operation_model(action).output_shape
    assert isinstance(shape, StructureShape)
    return build_shape_schema(shape, schemas)


def build_shape_schema(shape: Shape, schemas: JsonObject) -> JsonObject:
    """Build the schema of a shape. AWS may add members and enum values at any time, so none are excluded."""
    match shape:
        case StructureShape():
            if shape.name not in schemas:
                schemas[shape.name] = {}
                members = {name: build_shape_schema(member, schemas) for name, member in shape.members.items()}
                schemas[shape.name] |= {"type": "object", "properties": members}
            return {"$ref": f"#/components/schemas/{shape.name}"}
        case ListShape():
            return {"type": "array", "items": build_shape_schema(shape.member, schemas)}
    types = {"string": "string", "integer": "integer", "float": "number", "boolean": "boolean"}
    return {"type": types[shape.type_name]}
