"""JSON Schemas: of parameters by the catalog's limits, of Rekognition's answers by botocore's model of them."""

from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.model import ListShape, Shape, StructureShape

type Json = dict[str, Any]

# Rekognition's integers have 32 bits; the API takes no greater number.
LARGEST = 2**31 - 1
# Shown to people, outside home: not offered.
NOT_OFFERED = {"HumanLoopConfig"}

KEY: Json = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1024,
    # No control characters, and no part of it that is . or ..
    "pattern": r"^(?!(?:[^/]*/)*\.{1,2}(?:/|$))[^\x00-\x1f\x7f]+$",
    "description": "A key of the media bucket at home, up to 1,024 bytes of UTF-8.",
    "examples": ["anna/cat.jpg"],
}
IMAGE: Json = {
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


def of_limits(limits: Mapping[str, Any]) -> Json:
    """The schema of a parameter, from its limits in operations.json."""
    least, most = limits.get("min"), limits.get("max")
    match limits["type"]:
        case "structure":
            return of_members(limits["members"], limits.get("required", []))
        case "list":
            return {"type": "array", "items": of_limits(limits["items"])} | bounds("Items", least, most)
        case "string":
            found: Json = {"type": "string"} | bounds("Length", least, most)
            if "pattern" in limits:
                # AWS means all of the text.
                found["pattern"] = f"^(?:{limits['pattern']})$"
            return found | ({"enum": limits["enum"]} if "enum" in limits else {})
        case "integer":
            return {"type": "integer"} | bounds("imum", -LARGEST if least is None else least, most or LARGEST)
        case "float":
            return {"type": "number"} | bounds("imum", -LARGEST if least is None else least, most or LARGEST)
    raise ValueError(f"no schema is known for {limits['type']}")


def of_members(members: Mapping[str, Any], required: list[str]) -> Json:
    """The schema of an object that has these members and no other."""
    properties = {name: of_limits(member) for name, member in members.items() if name not in NOT_OFFERED}
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def bounds(of: str, least: Any, most: Any) -> Json:
    """minItems and maxItems, and the like."""
    return {f"{name}{of}": value for name, value in (("min", least), ("max", most)) if value is not None}


def of_answer(action: str, schemas: Json) -> Json:
    """The schema of Rekognition's answer to an action; the shapes it is made of are added to `schemas`."""
    shape = botocore.session.get_session().get_service_model("rekognition").operation_model(action).output_shape
    assert isinstance(shape, StructureShape)
    return of_shape(shape, schemas)


def of_shape(shape: Shape, schemas: Json) -> Json:
    """The schema of a shape. AWS may add members, and words to a list of them, at any time: none is forbidden."""
    match shape:
        case StructureShape():
            if shape.name not in schemas:
                schemas[shape.name] = {}
                members = {name: of_shape(member, schemas) for name, member in shape.members.items()}
                schemas[shape.name] |= {"type": "object", "properties": members}
            return {"$ref": f"#/components/schemas/{shape.name}"}
        case ListShape():
            return {"type": "array", "items": of_shape(shape.member, schemas)}
    kinds = {"string": "string", "integer": "integer", "float": "number", "boolean": "boolean"}
    return {"type": kinds[shape.type_name]}
