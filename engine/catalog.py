"""What each operation accepts and each region offers, read from the product's own tables."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """What one image may be: bytes before base64 on either way, pixels per side."""

    bytes: int
    s3_bytes: int
    min_side: int
    max_side: int | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One stateless image operation: its action, the request members that are images, its limits."""

    action: str
    images: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Catalog:
    """Operations by action; calls a second by region and action. A region without any has no endpoint."""

    operations: dict[str, Operation]
    quotas: dict[str, dict[str, int]]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read operations.json and regions.json of this folder."""
        operations = json.loads((folder / "operations.json").read_text())
        regions = json.loads((folder / "regions.json").read_text())
        return cls(
            {row["action"]: _operation(row) for row in operations.values() if row["kind"] == "image"},
            {region: dict(row["tps"]) for region, row in regions.items()},
        )

    def has_endpoint(self, region: str) -> bool:
        """Whether Rekognition can be reached in this region at all."""
        return bool(self.quotas.get(region))


def _operation(row: dict[str, object]) -> Operation:
    images, limits = row["images"], row["limits"]
    if not isinstance(images, list) or not isinstance(limits, dict):
        raise ValueError(f"operations.json: {row['action']} needs a list of images and a table of limits")
    return Operation(str(row["action"]), tuple(images), Limits(**limits))
