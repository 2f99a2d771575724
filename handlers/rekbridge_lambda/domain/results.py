"""A result as it is stored, and what a person or an index needs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.domain.operations import Operation

# A label becomes a sort key and a count; AWS's own names are much shorter.
MAX_LABEL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one call: Rekognition's response, or the reason why there will never be one.

    `called_at` and `responded_at` are in milliseconds since 1970.
    """

    operation: str
    transfer: str
    region: str
    sent_bytes: int
    called_at: int
    responded_at: int
    response: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    reason: str | None = None

    @property
    def status(self) -> str:
        """`done`, also when Rekognition found nothing in the image, or `failed`."""
        return "failed" if self.code else "done"

    @classmethod
    def create_failure(cls, operation: str, code: str | None, reason: str | None, at: int) -> "Result":
        """The result of work that ended without a call."""
        return cls(operation, "", "", 0, at, at, code=code, reason=reason)


def extract_labels(operation: Operation, response: Mapping[str, Any]) -> list[str]:
    """The names that the library indexes of a response, each once."""
    if not operation.index:
        return []
    names = (item.get(operation.index) for item in response.get(operation.response_key, []))
    return sorted({name[:MAX_LABEL_LENGTH] for name in names if name})


def summarize_response(operation: Operation, response: Mapping[str, Any], max_items: int = 5) -> list[str]:
    """A response for people: lines of text, names with their confidence, or the number of items."""
    items = response.get(operation.response_key, [])
    match operation.name:
        case "text":
            return [item["DetectedText"] for item in items if item["Type"] == "LINE"][:max_items]
        case _ if operation.index:
            return [f"{item[operation.index]} {get_confidence(item):.0f}%" for item in items[:max_items]]
        case name:
            noun = name if len(items) > 1 else name.removesuffix("s")
            return [f"{len(items)} {noun}"] if items else []


def get_confidence(item: Mapping[str, Any]) -> float:
    """Rekognition's confidence in percent; for celebrities it is the confidence of the match."""
    return float(item.get("Confidence", item.get("MatchConfidence", 0)))
