"""The task that the server gives to a worker process. Both sides import this file, so it imports nothing heavy."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AnalysisJob:
    """One action on one or two images, the rest of its request, and the limits of an image's side in pixels.

    `checks_only` is for a call whose whole answer is ordered: the images are checked and not analyzed.
    """

    action: str
    images: tuple[bytes, ...]
    settings: dict[str, Any]
    min_side: int
    max_side: int | None
    checks_only: bool = False
