import json
from typing import Any

from rekbridge.terraform.messages import ApplyMessages, ChangeCounts

PLANNED = {"type": "change_summary", "changes": {"add": 2, "change": 1, "import": 0, "remove": 0, "operation": "plan"}}
DIAGNOSTIC = {
    "severity": "error",
    "summary": "Invalid value",
    "detail": "Choose among eu-west-1.",
    "address": "module.home",
    "range": {"filename": "main.tf", "start": {"line": 3, "column": 1, "byte": 9}},
    "snippet": {"code": "  region = var.region"},
}


def build_hook(kind: str, address: str, action: str) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": action}}


def read_lines(*lines: dict[str, Any]) -> tuple[ApplyMessages, list[tuple[str, int, int]]]:
    shown: list[tuple[str, int, int]] = []
    messages = ApplyMessages(lambda resource, completed, total: shown.append((resource, completed, total)))
    for line in lines:
        messages.read_line(json.dumps(line))
    return messages, shown


def test_the_plan_has_the_number_of_changes() -> None:
    messages, _ = read_lines(PLANNED)
    assert messages.planned_changes == ChangeCounts(add=2, change=1)


def test_progress_has_the_completed_and_the_planned_resources() -> None:
    _, shown = read_lines(
        PLANNED,
        build_hook("apply_start", "aws_sqs_queue.a", "create"),
        build_hook("apply_complete", "aws_sqs_queue.a", "create"),
    )
    assert shown == [("aws_sqs_queue.a", 0, 3), ("aws_sqs_queue.a", 1, 3)]


def test_reading_a_data_source_is_no_progress() -> None:
    messages, _ = read_lines(PLANNED, build_hook("apply_complete", "data.aws_region.this", "read"))
    assert messages.completed == 0


def test_an_error_is_complete() -> None:
    messages, _ = read_lines({"type": "diagnostic", "diagnostic": DIAGNOSTIC})
    for part in (
        "Error: Invalid value",
        "module.home",
        "main.tf line 3",
        "region = var.region",
        "Choose among eu-west-1.",
    ):
        assert part in messages.errors[0]


def test_a_warning_is_no_error() -> None:
    messages, _ = read_lines({"type": "diagnostic", "diagnostic": DIAGNOSTIC | {"severity": "warning"}})
    assert messages.errors == []
    assert len(messages.warnings) == 1


def test_a_line_that_is_not_json_is_an_error() -> None:
    messages, _ = read_lines()
    messages.read_line("panic: runtime error\n")
    assert messages.errors == ["panic: runtime error"]
