"""The transcript of a trial, as Markdown and as JSON, without account data."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rekbridge.support.json_types import JsonObject
from rekbridge.testing.acceptance.outcomes import StepResult, all_passed
from rekbridge.testing.acceptance.sanitizing import sanitize

MARKS = {"passed": "✓ passed", "failed": "✗ **failed**", "not tried": "– not tried"}
FACTS = {
    "date": "date",
    "rekbridge": "Rekbridge",
    "terraform": "Terraform",
    "providers": "providers",
    "target": "target",
    "home": "home region",
    "remote": "remote region",
    "operations": "operations",
}


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What was tried: versions, the target, regions, and each operation's transfer and regions."""

    date: str
    rekbridge: str
    terraform: str
    providers: Sequence[str]
    target: str
    home: str
    remote: str
    operations: Sequence[str]


def build_transcript(facts: TrialFacts, results: Iterable[StepResult], names: Iterable[str]) -> JsonObject:
    """Build the transcript. `names` are texts that must not be in it, besides those that are recognized."""
    listed = list(results)
    steps = [asdict(result) | {"seconds": round(result.seconds, 1)} for result in listed]
    transcript: JsonObject = sanitize({"accepted": all_passed(listed), **asdict(facts), "steps": steps}, names)
    return transcript


def write_transcript(transcript: JsonObject, markdown: Path, as_json: Path | None) -> None:
    """Write a transcript into files that only their owner can read, until the owner decides otherwise."""
    texts = {markdown: format_markdown(transcript)}
    if as_json:
        texts[as_json] = json.dumps(transcript, indent=2, ensure_ascii=False) + "\n"
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(text)


def format_markdown(transcript: JsonObject) -> str:
    """Format a transcript: what was tried, a table of the steps, and what to do about those that fail."""
    steps = transcript["steps"]
    total = sum(step["seconds"] for step in steps)
    verdict = "Accepted: every step that was tried has passed." if transcript["accepted"] else "**Not accepted.**"
    lines = [
        "# Trial of a whole deployment",
        "",
        f"{verdict} {total:.0f} s. Written by `rekbridge accept`; account data was removed.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {title} | {_format_cell(transcript[name])} |" for name, title in FACTS.items()),
        "",
        "| | step | expected | result | seen | s |",
        "|---|---|---|---|---|---|",
        *(
            f"| {number} | {_format_cell(step['name'])} | {_format_cell(step['expected'])} | {MARKS[step['outcome']]} "
            f"| {_format_cell(step['seen'])} | {step['seconds']:.1f} |"
            for number, step in enumerate(steps, 1)
        ),
    ]
    for step in steps:
        if step["next_step"]:
            lines += ["", f"**{step['name']}**: {_format_cell(step['next_step'])}"]
    return "\n".join(lines) + "\n"


def _format_cell(value: Any) -> str:
    """Format a value as one line that cannot end a cell of the table."""
    text = value if isinstance(value, str) else ", ".join(map(str, value))
    return " ".join(text.split()).replace("|", "\\|")
