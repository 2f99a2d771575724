"""Parameter limits of the operation catalog, from botocore's model; `python -m rekbridge.api.catalog` rewrites them."""

import json
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from rekbridge.support import paths

CATALOG = paths.TABLES / "operations.json"


def limits_of(shape: Shape) -> dict[str, Any]:
    """What botocore's model says a value may be: type, min, max, pattern, enum, and the same for its members."""
    found: dict[str, Any] = {"type": shape.type_name}
    found |= {name: shape.metadata[name] for name in ("min", "max", "pattern") if name in shape.metadata}
    if enum := getattr(shape, "enum", None):
        found["enum"] = list(enum)
    match shape:
        case StructureShape():
            found["members"] = {name: limits_of(member) for name, member in shape.members.items()}
            if shape.required_members:
                found["required"] = list(shape.required_members)
        case ListShape():
            found["items"] = limits_of(shape.member)
        case MapShape():
            found["values"] = limits_of(shape.value)
    return found


def parameters(action: str, images: list[str]) -> dict[str, Any]:
    """Limits of every parameter of one Rekognition action, and which it requires, its images left out."""
    shape = botocore.session.get_session().get_service_model("rekognition").operation_model(action).input_shape
    assert isinstance(shape, StructureShape)
    return {
        "parameters": {name: limits_of(member) for name, member in shape.members.items() if name not in images},
        "required": [name for name in shape.required_members if name not in images],
    }


def refreshed(catalog: dict[str, Any]) -> dict[str, Any]:
    """The catalog with every operation's parameter limits as the installed botocore has them."""
    return {name: row | parameters(row["action"], row["images"]) for name, row in catalog.items()}


def written(catalog: dict[str, Any]) -> str:
    """The catalog as text: one property a line, so that a change is a readable diff."""
    rows = [
        f'  "{name}": {{\n' + ",\n".join(f'    "{key}": {json.dumps(value)}' for key, value in row.items()) + "\n  }"
        for name, row in catalog.items()
    ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    CATALOG.write_text(written(refreshed(json.loads(CATALOG.read_text()))))
