"""Reads the output of `terraform plan -json` and `terraform apply -json`: progress, errors and warnings."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Its arguments: the address of the current resource, the number of completed resources, and of planned ones.
type ShowProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many resources an apply or destroy adds, changes and removes."""

    add: int = 0
    change: int = 0
    remove: int = 0

    @property
    def total(self) -> int:
        """The sum of all changes."""
        return self.add + self.change + self.remove

    def __str__(self) -> str:
        return f"{self.add} added, {self.change} changed, {self.remove} removed"


@dataclass(slots=True)
class ApplyMessages:
    """Collects the messages of one run, and reports its progress to `show_progress`.

    Terraform prints no summary of a plan that it applies from a file: then `planned_changes` is what the plan has.
    """

    show_progress: ShowProgress
    planned_changes: ChangeCounts = field(default_factory=ChangeCounts)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    completed: int = 0

    def read_line(self, line: str) -> None:
        """Process one line. A line that is not JSON, like a panic of Terraform, is an error."""
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except ValueError:
            self.errors.append(line.rstrip())
            return
        match message:
            case {"type": "change_summary", "changes": {"operation": "plan", **counts}}:
                self.planned_changes = ChangeCounts(
                    **{name: int(str(counts[name])) for name in ("add", "change", "remove")}
                )
            case {"type": "apply_complete", "hook": {"action": "create" | "update" | "delete"}}:
                self.completed += 1
            case {"type": "diagnostic", "diagnostic": diagnostic}:
                target = self.errors if diagnostic["severity"] == "error" else self.warnings
                target.append(format_diagnostic(diagnostic))
        if message.get("type") in {"apply_start", "apply_complete", "refresh_start", "version"}:
            resource = message.get("hook", {}).get("resource", {}).get("addr", "planning")
            self.show_progress(resource, self.completed, self.planned_changes.total)


def format_diagnostic(diagnostic: dict[str, Any]) -> str:
    """Format a complete diagnostic, much as Terraform prints it."""
    lines = [f"{diagnostic['severity'].capitalize()}: {diagnostic['summary']}"]
    if address := diagnostic.get("address"):
        lines.append(f"  with {address},")
    if where := diagnostic.get("range"):
        lines.append(f"  on {where['filename']} line {where['start']['line']}")
    if snippet := diagnostic.get("snippet"):
        lines.append(f"    {snippet['code'].strip()}")
    if detail := diagnostic.get("detail"):
        lines += ["", detail]
    return "\n".join(lines)
