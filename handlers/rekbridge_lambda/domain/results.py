"""An answer as it is stored, and what a person or an index wants to know of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rekbridge_lambda.domain.operations import Operation

# A label is a sort key and a count; AWS's own names are shorter by far.
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt brought: Rekognition's raw answer, or the reason why there will never be one."""

    operation: str
    way: str
    region: str
    sent_bytes: int
    asked_at: int
    answered_at: int
    answer: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    reason: str | None = None

    @property
    def status(self) -> str:
        """`done`, also when nothing was found, or `failed`."""
        return "failed" if self.code else "done"

    def body(self) -> bytes:
        """The result as it lies in the results bucket."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def without_answer(cls, operation: str, code: str | None, reason: str | None, at: int) -> "Result":
        """The result of work that was never answered."""
        return cls(operation, "", "", 0, at, at, code=code, reason=reason)

    @classmethod
    def read(cls, body: bytes) -> "Result":
        """The result in an object of the results bucket."""
        return cls(**json.loads(body))


def labels(operation: Operation, answer: Mapping[str, Any]) -> list[str]:
    """What the library indexes of an answer, each name once."""
    if not operation.index:
        return []
    names = (item.get(operation.index) for item in answer.get(operation.answer, []))
    return sorted({name[:LONGEST_LABEL] for name in names if name})


def seen(operation: Operation, answer: Mapping[str, Any], most: int = 5) -> list[str]:
    """What was seen, for people: lines of text, names with their confidence, or how many there are of a thing."""
    found = answer.get(operation.answer, [])
    match operation.name:
        case "text":
            return [item["DetectedText"] for item in found if item["Type"] == "LINE"][:most]
        case _ if operation.index:
            return [f"{item[operation.index]} {confidence(item):.0f}%" for item in found[:most]]
        case name:
            many = name if len(found) > 1 else name.removesuffix("s")
            return [f"{len(found)} {many}"] if found else []


def confidence(item: Mapping[str, Any]) -> float:
    """How sure Rekognition is, in percent; celebrities say it of the match."""
    return float(item.get("Confidence", item.get("MatchConfidence", 0)))
