"""AWS's list prices for analysing images, of one region at one date. prices.json also says what they leave out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FEATURES = ("GENERAL_LABELS", "IMAGE_PROPERTIES")


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per image by group: steps of (images a month up to this number, or None for the last step; price)."""

    currency: str
    region: str
    date: str
    sources: tuple[str, ...]
    unknown: tuple[str, ...]
    groups: Mapping[str, list[tuple[int | None, float]]]

    @classmethod
    def load(cls) -> Self:
        """Read prices.json beside this module."""
        return cls(**json.loads(Path(__file__).with_suffix(".json").read_text()))

    def compute_cost(self, group: str, images: int) -> float:
        """Return the cost of a month's images in one region. Each step has its own price."""
        total, counted = 0.0, 0
        for bound, price in self.groups[group]:
            upper = images if bound is None else min(images, bound)
            total += max(0, upper - counted) * price
            counted = upper
        return total


def find_price_groups(price_group: int | None, settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the price groups that one analysis is billed in. AWS bills image properties in addition to labels.

    Custom labels have none: their models are billed by the hour, not by the image.
    """
    features = settings.get("Features") or FEATURES[:1]
    if price_group is not None and FEATURES[0] in features:
        yield f"group {price_group}"
    if FEATURES[1] in features:
        yield "image properties"
