"""What `terraform apply -json` says, line by line: progress to show, diagnostics to keep."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Changes:
    """How many resources one apply or destroy made, changed and removed."""

    add: int = 0
    change: int = 0
    remove: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.add + self.change + self.remove

    def __str__(self) -> str:
        return f"{self.add} added, {self.change} changed, {self.remove} removed"


@dataclass(slots=True)
class Messages:
    """Reads the stream; `show` is told what happens now, how many resources are done, and of how many."""

    show: Callable[[str, int, int], None]
    planned: Changes = field(default_factory=Changes)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    done: int = 0

    def read(self, line: str) -> None:
        """Take one line in. What is not JSON is Terraform in distress, and counts as an error."""
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except ValueError:
            self.errors.append(line.rstrip())
            return
        match message:
            case {"type": "change_summary", "changes": {"operation": "plan", **counts}}:
                self.planned = Changes(**{name: int(str(counts[name])) for name in ("add", "change", "remove")})
            case {"type": "apply_complete", "hook": {"action": "create" | "update" | "delete"}}:
                self.done += 1
            case {"type": "diagnostic", "diagnostic": diagnostic}:
                kept = self.errors if diagnostic["severity"] == "error" else self.warnings
                kept.append(readable(diagnostic))
        if message.get("type") in {"apply_start", "apply_complete", "refresh_start", "version"}:
            where = message.get("hook", {}).get("resource", {}).get("addr", "planning")
            self.show(where, self.done, self.planned.total)


def readable(diagnostic: dict[str, Any]) -> str:
    """A diagnostic in full, much as Terraform prints it."""
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
