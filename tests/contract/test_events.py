"""docs/events.md: the published event, the examples and the event pattern agree with the schema."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rekbridge.support import paths
from rekbridge_lambda.adapters.eventbridge import DETAIL_TYPE, SOURCE, EventBridgePublisher
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import Gone, ImageTooLarge, RefusedByService, UnknownOperation
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.results import Result

from tests.builders import make_run

TEXT = (paths.ROOT / "docs" / "events.md").read_text()
BLOCKS: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
SCHEMA = json.loads((paths.ROOT / "docs" / "events" / "analysis-finished.schema.json").read_text())
EXAMPLES = [block for block in BLOCKS if block.get("source") == SOURCE]
[PATTERN] = [block for block in BLOCKS if isinstance(block.get("source"), list)]

RUN = make_run()


class RecordingEvents:
    """An EventBridge client that accepts every entry and keeps it."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


def publish(operation: str, has_result: bool, code: str | None) -> dict[str, Any]:
    """Publish one result; returns the event as a rule would get it."""
    result_key = ids.make_result_key(RUN.image_id, operation, {}) if has_result else None
    finished = AnalysisFinished(RUN.id, operation, result_key)
    result = Result(operation, "bytes", "eu-west-1", 97, 1_800_000_000_000, 1_800_000_000_300, code=code)
    events = RecordingEvents()
    EventBridgePublisher(events, "rekbridge").publish(RUN, finished, result)  # type: ignore[arg-type]
    [entry] = events.entries
    return {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": json.loads(entry["Detail"])}


def validate(detail: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMA).validate(detail)


def list_first_column(header: str) -> list[str]:
    """The names in backticks in the first column of the table with this header."""
    [table] = re.findall(rf"^\| {header} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """EventBridge's matching of exact values: every field of the pattern has one of its values in the event."""
    return all(
        matches(expected, event[name]) if isinstance(expected, dict) else event[name] in expected
        for name, expected in pattern.items()
    )


def test_the_schema_in_the_docs_is_the_file() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [block for block in BLOCKS if "$schema" in block] == [SCHEMA]


@pytest.mark.parametrize("operation", CATALOG)
def test_a_done_result_is_published_as_the_schema_says(operation: str) -> None:
    validate(publish(operation, has_result=True, code=None)["detail"])


@pytest.mark.parametrize("has_result", [True, False])
@pytest.mark.parametrize("code", list_first_column("code"))
def test_a_failed_result_is_published_as_the_schema_says(has_result: bool, code: str) -> None:
    validate(publish("labels", has_result, code)["detail"])


def test_the_codes_in_the_docs_are_those_of_the_errors() -> None:
    codes = {error.code for error in (RefusedByService, Gone, ImageTooLarge, UnknownOperation)}
    # ANALYZE gives this one after the last attempt (use_cases/analyze.py).
    assert set(list_first_column("code")) == codes | {"out-of-attempts"}


def test_source_and_detail_type_are_as_documented() -> None:
    event = publish("labels", has_result=True, code=None)
    assert (event["source"], event["detail-type"]) == (SOURCE, DETAIL_TYPE)
    assert f"| `source` | `{SOURCE}` |" in TEXT
    assert f"| `detail-type` | `{DETAIL_TYPE}` |" in TEXT


def test_the_examples_are_one_done_and_one_failed_event() -> None:
    assert [example["detail"]["status"] for example in EXAMPLES] == ["done", "failed"]
    for example in EXAMPLES:
        assert example["detail-type"] == DETAIL_TYPE
        validate(example["detail"])


@pytest.mark.parametrize(
    "change",
    [{"status": "open"}, {"code": "gone"}, {"result_key": None}, {"owner": "anna"}, {"run_id": "anna/cat.jpg"}],
)
def test_the_schema_rejects_other_events(change: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(EXAMPLES[0]["detail"] | change)


def test_the_event_pattern_matches_the_done_example_only() -> None:
    assert [matches(PATTERN, example) for example in EXAMPLES] == [True, False]
    assert matches(PATTERN, publish("labels", has_result=True, code=None))


def test_the_table_has_exactly_the_fields_of_the_schema() -> None:
    assert list_first_column("field") == list(SCHEMA["properties"])


def read_sink_fields(name: str) -> set[str]:
    """A list of field names in modules/sink, which refuses patterns on other fields."""
    source = (paths.ROOT / "modules" / "sink" / "targets.tf").read_text()
    [values] = re.findall(rf"^  {name} += (\[.*\])$", source, re.MULTILINE)
    return set(json.loads(values)) - {"$or"}


def test_a_sink_may_match_every_field_of_an_event_and_no_other() -> None:
    schemas = [json.loads(file.read_text()) for file in (paths.ROOT / "docs" / "events").glob("*.schema.json")]
    assert read_sink_fields("detail_fields") == {field for schema in schemas for field in schema["properties"]}
    assert read_sink_fields("event_fields") == {field for example in EXAMPLES for field in example}
