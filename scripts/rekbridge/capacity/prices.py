"""What AWS asks for analysing images: list prices of one region at one date, and in prices.json what they leave out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FEATURES = ("GENERAL_LABELS", "IMAGE_PROPERTIES")


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of an image by group: steps of (images a month up to here, or None for all that follow, price)."""

    currency: str
    region: str
    date: str
    sources: tuple[str, ...]
    unknown: tuple[str, ...]
    groups: Mapping[str, list[tuple[int | None, float]]]

    @classmethod
    def load(cls) -> Self:
        """The file beside this module."""
        return cls(**json.loads(Path(__file__).with_suffix(".json").read_text()))

    def cost(self, group: str, images: int) -> float:
        """What so many images of one month cost in one region: each step's share at its own price."""
        total, before = 0.0, 0
        for bound, price in self.groups[group]:
            within = images if bound is None else min(images, bound)
            total += max(0, within - before) * price
            before = within
        return total


def groups(price_group: int | None, settings: Mapping[str, Any]) -> Iterator[str]:
    """The groups that one analysis is billed in: AWS bills image properties beside labels. None for custom labels.

    A model of one's own costs by the hour that it runs, not by the image.
    """
    features = settings.get("Features") or FEATURES[:1]
    if price_group is not None and FEATURES[0] in features:
        yield f"group {price_group}"
    if FEATURES[1] in features:
        yield "image properties"
