"""The task that the server gives to a worker process. Both sides import this file, so it imports nothing heavy."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AnalysisJob:
    """One action on one or two images, the rest of its request, and the limits of an image's side in pixels."""

    action: str
    images: tuple[bytes, ...]
    settings: dict[str, Any]
    min_side: int
    max_side: int | None
