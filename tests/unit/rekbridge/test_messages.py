import json
from typing import Any

from rekbridge.terraform.messages import Changes, Messages

PLANNED = {"type": "change_summary", "changes": {"add": 2, "change": 1, "import": 0, "remove": 0, "operation": "plan"}}
DIAGNOSTIC = {
    "severity": "error",
    "summary": "Invalid value",
    "detail": "Choose among eu-west-1.",
    "address": "module.home",
    "range": {"filename": "main.tf", "start": {"line": 3, "column": 1, "byte": 9}},
    "snippet": {"code": "  region = var.region"},
}


def hook(kind: str, address: str, action: str) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": action}}


def read(*lines: dict[str, Any]) -> tuple[Messages, list[tuple[str, int, int]]]:
    shown: list[tuple[str, int, int]] = []
    messages = Messages(lambda where, done, total: shown.append((where, done, total)))
    for line in lines:
        messages.read(json.dumps(line))
    return messages, shown


def test_the_plan_says_how_many_there_are_to_do() -> None:
    messages, _ = read(PLANNED)
    assert messages.planned == Changes(add=2, change=1)


def test_each_resource_is_shown_with_those_done_and_all() -> None:
    _, shown = read(
        PLANNED, hook("apply_start", "aws_sqs_queue.a", "create"), hook("apply_complete", "aws_sqs_queue.a", "create")
    )
    assert shown == [("aws_sqs_queue.a", 0, 3), ("aws_sqs_queue.a", 1, 3)]


def test_reading_a_data_source_is_no_progress() -> None:
    messages, _ = read(PLANNED, hook("apply_complete", "data.aws_region.this", "read"))
    assert messages.done == 0


def test_an_error_is_told_in_full() -> None:
    messages, _ = read({"type": "diagnostic", "diagnostic": DIAGNOSTIC})
    for part in (
        "Error: Invalid value",
        "module.home",
        "main.tf line 3",
        "region = var.region",
        "Choose among eu-west-1.",
    ):
        assert part in messages.errors[0]


def test_a_warning_is_no_error() -> None:
    messages, _ = read({"type": "diagnostic", "diagnostic": DIAGNOSTIC | {"severity": "warning"}})
    assert messages.errors == []
    assert len(messages.warnings) == 1


def test_what_is_not_json_is_kept_as_an_error() -> None:
    messages, _ = read()
    messages.read("panic: runtime error\n")
    assert messages.errors == ["panic: runtime error"]
