"""Facts of the operation catalog that the command needs to send requests and read responses."""

from collections.abc import Mapping
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG


def get_image_parameters(name: str) -> list[str]:
    """The request members that are images. An unknown operation gets the usual one, and is refused by the API."""
    return CATALOG[name].image_parameters if name in CATALOG else ["Image"]


def get_response_items(name: str, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items that Rekognition found."""
    return list(answer[CATALOG[name].response_key])


def get_price_groups() -> dict[str, int | None]:
    """AWS's price group of each operation; None where a model is paid for by the hour."""
    return {name: operation.price_group for name, operation in CATALOG.items()}
