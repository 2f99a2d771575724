"""What S3 says of a new object (AWS: event message structure 2.x; at least once, in any order)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from rekbridge_lambda.domain.errors import UnreadableMessage


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one key. `uploaded_at` is in milliseconds since 1970; `sequencer` orders a key's versions."""

    key: str
    version: str
    size: int
    sequencer: str
    uploaded_at: int

    @property
    def owner(self) -> str:
        """The first key segment; a key without folders belongs to nobody in particular."""
        return self.key.partition("/")[0] if "/" in self.key else ""


def uploads(event: dict[str, Any]) -> Iterator[Upload]:
    """The objects created in one S3 event; none in S3's own test event. Raises UnreadableMessage."""
    if event.get("Event") == "s3:TestEvent":
        return
    try:
        for record in event["Records"]:
            if not record["eventVersion"].startswith("2."):
                raise ValueError(f"version {record['eventVersion']}")
            thing = record["s3"]["object"]
            yield Upload(
                # S3 writes '+' for a blank, LocalStack '%20': unquote_plus reads both.
                key=unquote_plus(thing["key"]),
                version=thing.get("versionId", "null"),
                size=thing["size"],
                sequencer=thing.get("sequencer", ""),
                uploaded_at=round(datetime.fromisoformat(record["eventTime"]).timestamp() * 1000),
            )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        # Not what is in it: the keys are people's.
        raise UnreadableMessage(f"not an S3 event: {error!r}") from None
