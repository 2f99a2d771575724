"""A request of the REST API, after its body has been parsed."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class S3ImageRef:
    """An image in the media bucket: one version of a key, or its current version."""

    key: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """The images of one call, and the parameters that the caller gave."""

    images: tuple[bytes | S3ImageRef, ...]
    parameters: dict[str, Any]
