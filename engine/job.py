"""What the server asks a worker to do. Light on imports: both sides need it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One action on one or two images with the rest of its request; pixels a side must keep to."""

    action: str
    images: tuple[bytes, ...]
    settings: dict[str, Any]
    min_side: int
    max_side: int | None
