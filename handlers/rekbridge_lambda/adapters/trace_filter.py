"""What is sent to X-Ray: an allow-list.

The SDK records the keys of S3 objects, and the messages of exceptions, which may quote them.
"""

import json
from functools import cache
from typing import Any

# AWS: X-Ray segment documents.
SEGMENT_FIELDS = {
    "id", "trace_id", "parent_id", "type", "name", "namespace", "start_time", "end_time", "in_progress", "error",
    "fault", "throttle",
}  # fmt: skip
AWS_FIELDS = {"operation", "region", "request_id", "id_2", "retries", "table_name", "xray"}
EXCEPTION_FIELDS = {"id", "type", "remote", "truncated", "skipped", "cause", "stack"}

type Document = dict[str, Any]


def filter_segment(segment: Document) -> Document:
    """A segment with what is allowed of it and of its subsegments."""
    filtered = pick(segment, SEGMENT_FIELDS)
    if "aws" in segment:
        filtered["aws"] = pick(segment["aws"], AWS_FIELDS)
    if status := segment.get("http", {}).get("response", {}).get("status"):
        filtered["http"] = {"response": {"status": status}}
    match segment.get("cause"):
        case {"exceptions": list(exceptions)}:
            filtered["cause"] = {"exceptions": [pick(exception, EXCEPTION_FIELDS) for exception in exceptions]}
        case str(exception_id):
            filtered["cause"] = exception_id
    if "subsegments" in segment:
        filtered["subsegments"] = [filter_segment(one) for one in segment["subsegments"]]
    return filtered


def pick(document: Document, fields: set[str]) -> Document:
    """The fields of a document that are allowed."""
    return {name: value for name, value in document.items() if name in fields}


class FilteredEntity:
    """A segment or subsegment as the emitter serializes it."""

    def __init__(self, entity: Any) -> None:
        self.entity = entity

    def serialize(self) -> str:
        """The JSON that is sent."""
        return json.dumps(filter_segment(json.loads(self.entity.serialize())))


@cache
def install_filter(recorder: Any) -> None:
    """Make the SDK's recorder send filtered segments; doing it again changes nothing."""
    emitter = recorder.emitter
    send_entity = emitter.send_entity
    emitter.send_entity = lambda entity: send_entity(FilteredEntity(entity))
