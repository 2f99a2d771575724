"""S3's notification of new objects (AWS: event message structure 2.x; delivered at least once, in any order)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.uploads import UNVERSIONED, Upload


def parse_s3_event(event: dict[str, Any]) -> Iterator[Upload]:
    """The objects created in one S3 event; none for S3's own test event. Raises UnreadableMessage."""
    if event.get("Event") == "s3:TestEvent":
        return
    try:
        for record in event["Records"]:
            if not record["eventVersion"].startswith("2."):
                raise UnreadableMessage(f"not an S3 event of version 2, but {describe_version(record['eventVersion'])}")
            s3_object = record["s3"]["object"]
            yield Upload(
                # S3 writes '+' for a space, LocalStack '%20': unquote_plus reads both.
                key=unquote_plus(s3_object["key"]),
                version=s3_object.get("versionId", UNVERSIONED),
                size=s3_object["size"],
                sequencer=s3_object.get("sequencer", ""),
                uploaded_at=round(datetime.fromisoformat(record["eventTime"]).timestamp() * 1000),
                etag=s3_object.get("eTag", ""),
            )
    except KeyError as error:
        raise UnreadableMessage(f"not an S3 event: it has no {error.args[0]}") from None
    except (TypeError, AttributeError, ValueError) as error:
        # Without the error's text and the event: both may contain a key, which may name people.
        raise UnreadableMessage(f"not an S3 event: {type(error).__name__}") from None


def describe_version(version: str) -> str:
    """A version for a log; other text may be anything, and does not belong there."""
    return f"of version {version}" if re.fullmatch(r"[0-9.]{1,9}", version) else "of none"
