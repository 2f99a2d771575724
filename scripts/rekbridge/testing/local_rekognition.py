"""The control endpoint of the local Rekognition: orders answers, adds faults, sets quotas, and lists the calls."""

import hashlib
import json
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.support import local_http

# Matches every operation, or every region.
ALL = "*"

# The image of a call: its bytes, its file, or its SHA-256 as RekognitionCall has it.
type ImageContent = bytes | Path | str


@dataclass(frozen=True, slots=True)
class RekognitionCall:
    """One call as Rekognition logged it. The field names are the JSON keys of its log.

    `answer` is ok, an error code, ConnectionDropped or Abandoned. `metadata` names the metadata that the image still
    had. `sha256` is of the image; it is empty for a staged image that was not read because the call was refused.
    `order` is the id of the OrderedAnswer that the call got.
    """

    id: str
    at: str
    region: str
    operation: str
    mode: str
    bytes: int
    metadata: list[str]
    answer: str
    ms: float
    sha256: str
    order: int | None = None


@dataclass(frozen=True, slots=True)
class OrderedAnswer:
    """An answer that calls get until its number of calls is used up or it is taken back."""

    id: int
    rekognition: "LocalRekognition"

    @property
    def used_calls(self) -> int:
        """The number of calls that got it. Raises LookupError if it was taken back."""
        for row in self.rekognition.send("GET", "answers"):
            if row["id"] == self.id:
                return int(row["used"])
        raise LookupError(f"answer {self.id} was taken back")

    def take_back(self) -> None:
        """End it: no call gets it from now on. Raises LookupError if it was taken back already."""
        self.rekognition.send("DELETE", f"answers/{self.id}")


@dataclass(frozen=True, slots=True)
class LocalRekognition:
    """Orders answers for a number of calls, adds faults for calls (`None`: all) or seconds (`None`: until cleared).

    Operations are Rekognition's actions, for example DetectFaces. What the local Rekognition refuses raises ValueError.
    """

    control_url: str

    def answer(
        self,
        operation: str,
        response: Mapping[str, Any],
        image: ImageContent | tuple[ImageContent, ImageContent] | None = None,
        region: str = ALL,
        calls: int | None = None,
    ) -> OrderedAnswer:
        """Order the whole response to calls of this operation, of all images or of one, in all regions or in one.

        `image` is as Rekognition gets it: Rekbridge prepares what is uploaded. For CompareFaces it is either image, or
        source and target. Raises ValueError that names what Rekognition could not send.
        """
        return self._order("answer", operation, response, image, region, calls)

    def merge_answer(
        self,
        operation: str,
        parts: Mapping[str, Any],
        image: ImageContent | tuple[ImageContent, ImageContent] | None = None,
        region: str = ALL,
        calls: int | None = None,
    ) -> OrderedAnswer:
        """Order parts of the response, which replace those of the analysis: objects are merged, lists replaced.

        `None` removes a member. Otherwise like `answer`.
        """
        return self._order("merge", operation, parts, image, region, calls)

    def clear_answers(self) -> None:
        """Take back all answers."""
        self.send("DELETE", "answers")

    def throttle(
        self, operation: str = ALL, region: str = ALL, calls: int | None = None, seconds: float | None = None
    ) -> None:
        """Answer that the quota is exceeded."""
        self._add_fault("throttle", operation, calls, seconds, region=region)

    def return_error(
        self,
        code: str,
        operation: str = ALL,
        region: str = ALL,
        calls: int | None = None,
        seconds: float | None = None,
        message: str | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer with this error code; `message` and `members` (such as ResourceType) are the rest of AWS's error."""
        self._add_fault("error", operation, calls, seconds, code=code, region=region, message=message, members=members)

    def drop_connections(self, region: str = ALL, calls: int | None = None, seconds: float | None = None) -> None:
        """Drop every connection, like a region that is down."""
        self._add_fault("outage", ALL, calls, seconds, region=region)

    def delay(
        self,
        milliseconds: float,
        operation: str = ALL,
        region: str = ALL,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Answer later by this time."""
        self._add_fault("delay", operation, calls, seconds, delay_ms=milliseconds, region=region)

    def set_quota(self, region: str, operation: str, tps: float) -> None:
        """Accept this many calls per second in a region and throttle the others, until `reset`."""
        self.send("POST", "quotas", {"region": region, "operation": operation, "tps": tps})

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.send("DELETE", "faults")

    def list_calls(self, operation: str = ALL) -> list[RekognitionCall]:
        """Return every call that has ended since the start or the last `reset`, oldest first."""
        calls = [RekognitionCall(**row) for row in self.send("GET", "calls")]
        return [call for call in calls if operation in {ALL, call.operation}]

    def reset(self) -> None:
        """Take back all answers, remove all faults, restore the default quotas and clear the log of calls."""
        self.clear_answers()
        self.clear_faults()
        self.send("DELETE", "quotas")
        self.send("DELETE", "calls")

    def _add_fault(self, fault: str, operation: str, calls: int | None, seconds: float | None, **details: Any) -> None:
        script = {"fault": fault, "operation": operation, "calls": calls, "seconds": seconds}
        self.send("POST", "faults", script | details)

    def send(self, method: str, resource: str, body: Any = None) -> Any:
        """Call the control endpoint. Raises ValueError for what it refuses, LookupError for what it does not have."""
        try:
            return local_http.send_json(method, f"{self.control_url}/{resource}", body)
        except urllib.error.HTTPError as error:
            if error.headers.get_content_type() != "application/json":
                raise
            kind = LookupError if error.code == 404 else ValueError
            raise kind(json.loads(error.read())["error"]) from error

    def _order(
        self,
        kind: str,
        operation: str,
        content: Mapping[str, Any],
        image: ImageContent | tuple[ImageContent, ImageContent] | None,
        region: str,
        calls: int | None,
    ) -> OrderedAnswer:
        images = () if image is None else image if isinstance(image, tuple) else (image,)
        digests = "+".join(map(_get_digest, images)) or None
        script = {"operation": operation, "region": region, "sha256": digests, "calls": calls, kind: content}
        return OrderedAnswer(self.send("POST", "answers", script)["id"], self)


def _get_digest(image: ImageContent) -> str:
    if isinstance(image, str):
        return image
    return hashlib.sha256(image.read_bytes() if isinstance(image, Path) else image).hexdigest()
