"""What the catalog says of an operation, for whoever asks for it and reads the answer."""

from collections.abc import Mapping
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG


def images(name: str) -> list[str]:
    """What Rekognition calls the images of an operation; one that nobody knows is refused by whoever is asked."""
    return CATALOG[name].images if name in CATALOG else ["Image"]


def items(name: str, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The things that were found."""
    return list(answer[CATALOG[name].answer])


def price_groups() -> dict[str, int | None]:
    """AWS's price group of each operation; none where a model is paid by the hour."""
    return {name: operation.price_group for name, operation in CATALOG.items()}
