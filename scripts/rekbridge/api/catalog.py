"""Generates the parameter limits in operations.json from botocore's model: `python -m rekbridge.api.catalog`."""

import json
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from rekbridge.support import paths

CATALOG = paths.TABLES_FOLDER / "operations.json"


def read_limits(shape: Shape) -> dict[str, Any]:
    """Read the limits of a value from botocore's model: type, min, max, pattern, enum, and those of its members."""
    limits: dict[str, Any] = {"type": shape.type_name}
    limits |= {name: shape.metadata[name] for name in ("min", "max", "pattern") if name in shape.metadata}
    if enum := getattr(shape, "enum", None):
        limits["enum"] = list(enum)
    match shape:
        case StructureShape():
            limits["members"] = {name: read_limits(member) for name, member in shape.members.items()}
            if shape.required_members:
                limits["required"] = list(shape.required_members)
        case ListShape():
            limits["items"] = read_limits(shape.member)
        case MapShape():
            limits["values"] = read_limits(shape.value)
    return limits


def read_parameters(action: str, images: list[str]) -> dict[str, Any]:
    """Read the limits of an action's parameters, and which are required. `images` are left out."""
    shape = botocore.session.get_session().get_service_model("rekognition").operation_model(action).input_shape
    assert isinstance(shape, StructureShape)
    return {
        "parameters": {name: read_limits(member) for name, member in shape.members.items() if name not in images},
        "required": [name for name in shape.required_members if name not in images],
    }


def refresh_catalog(catalog: dict[str, Any]) -> dict[str, Any]:
    """Return the catalog with the parameter limits of the installed botocore."""
    rows = catalog["operations"]
    refreshed = {name: row | read_parameters(row["action"], row["image_parameters"]) for name, row in rows.items()}
    return catalog | {"operations": refreshed}


def format_catalog(catalog: dict[str, Any]) -> str:
    """Format the catalog with one property per line, so that diffs are readable."""
    comment = ",\n".join(f"    {json.dumps(line)}" for line in catalog["$comment"])
    rows = ",\n".join(
        f'    "{name}": {{\n'
        + ",\n".join(f'      "{key}": {json.dumps(value)}' for key, value in row.items())
        + "\n    }"
        for name, row in catalog["operations"].items()
    )
    return f'{{\n  "$comment": [\n{comment}\n  ],\n  "operations": {{\n{rows}\n  }}\n}}\n'


if __name__ == "__main__":
    CATALOG.write_text(format_catalog(refresh_catalog(json.loads(CATALOG.read_text()))))
