"""IAM policies for the principal that deploys, as text: one table (permissions.json), one file per part."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rekbridge.support import paths

DOCS = paths.ROOT / "docs"
TABLE = json.loads(Path(__file__).with_name("permissions.json").read_text())


def render_policies(values: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield each file's name and its policy. `values` replaces placeholders: {"prefix": "rekbridge"} for <prefix>."""
    for name, statements in TABLE["files"].items():
        document = {"Version": "2012-10-17", "Statement": [_render_statement(one) for one in statements]}
        yield f"{name}.json", _replace_placeholders(json.dumps(document, indent=2) + "\n", values or {})


def _render_statement(row: Mapping[str, Any]) -> dict[str, Any]:
    statement = {
        "Sid": row["sid"],
        "Effect": row.get("effect", "Allow"),
        "Action": row["actions"],
        "Resource": row["resources"],
    }
    return statement | ({"Condition": row["condition"]} if "condition" in row else {})


def _replace_placeholders(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text
