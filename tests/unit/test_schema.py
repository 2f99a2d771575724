"""What a schema version fixes: the forms that it was recorded with stay, until the version changes.

docs/data-model.md is compared with the code by test_data_model.py, and here with `schemas/<version>.json`.
"""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from rekbridge.deploy.schema import load_schema
from rekbridge.support import paths
from rekbridge_lambda.adapters.sqs import messages
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

TEXT = (paths.ROOT / "docs" / "data-model.md").read_text()
RECORDS = Path(__file__).with_name("schemas")
ATTRIBUTES = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| ([\w ]+) \|", re.MULTILINE)


def read_forms() -> dict[str, Any]:
    """The types of all attributes by heading, the keys of the library's rows, and the fields of the messages."""
    sections = {part.partition("\n")[0]: part for part in re.split(r"^#+ ", TEXT, flags=re.MULTILINE)}
    attributes = {
        heading: {name: kind for names, kind in ATTRIBUTES.findall(text) for name in re.findall(r"`(\w+)`", names)}
        for heading, text in sections.items()
    }
    return {
        "attributes": {heading: found for heading, found in attributes.items() if found},
        "keys": dict(re.findall(r"^\| ([A-Z][a-z ]+) \| (`[A-Z]+#[^|]*` \| `[^|]*`) \|", TEXT, re.MULTILINE)),
        "messages": {
            "schema": messages.SCHEMA,
            **{kind.__name__: [field.name for field in fields(kind)] for kind in (Work, AnalysisFinished)},
        },
    }


def list_changed(recorded: dict[str, Any], forms: dict[str, Any]) -> list[str]:
    """What was recorded and is not there any more, or is different. What is new does not count."""
    attributes = {
        f"{heading}: {name}"
        for heading, kinds in recorded["attributes"].items()
        for name, kind in kinds.items()
        if forms["attributes"].get(heading, {}).get(name) != kind
    }
    keys = {name for name, key in recorded["keys"].items() if forms["keys"].get(name) != key}
    kinds = {name for name, kind in recorded["messages"].items() if forms["messages"].get(name) != kind}
    return sorted(attributes | keys | kinds)


def test_whatever_the_version_was_recorded_with_is_unchanged() -> None:
    recorded = json.loads((RECORDS / f"{load_schema().version}.json").read_text())
    # To change one of these: docs/data-model.md, "Schema version".
    assert list_changed(recorded, read_forms()) == []


def test_every_version_that_can_be_upgraded_is_recorded() -> None:
    this = load_schema()
    versions = range(this.upgradable_from, this.version + 1)
    assert [(RECORDS / f"{version}.json").exists() for version in versions] == [True] * len(versions)


def test_a_new_attribute_is_no_change_and_a_removed_or_retyped_one_is() -> None:
    forms = read_forms()
    old = json.loads(json.dumps(forms))
    del old["attributes"]["Source"]["size"]
    assert list_changed(old, forms) == []
    old["attributes"]["Image"]["size"] = "S"
    old["attributes"]["Run"]["gone"] = "S"
    old["keys"]["Label"] = "`LABEL#<owner>` | `<image_id>`"
    old["messages"]["schema"] = 1
    assert list_changed(old, forms) == ["Image: size", "Label", "Run: gone", "schema"]
