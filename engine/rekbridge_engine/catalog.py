"""What each operation accepts and each region offers, read from the product's operations.json and regions.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# An installed engine has a copy of the product's tables; in a checkout they lie in the product's package.
_INSTALLED_TABLES = Path(__file__).parent / "tables"
_PRODUCT_TABLES = Path(__file__).parents[2] / "handlers" / "rekbridge_lambda" / "domain"
DEFAULT_FOLDER = _INSTALLED_TABLES if _INSTALLED_TABLES.is_dir() else _PRODUCT_TABLES


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """Limits of one image: its size in bytes, before base64, sent in the request or read from S3; pixels per side."""

    bytes: int
    s3_bytes: int
    min_side: int
    max_side: int | None


@dataclass(frozen=True, slots=True)
class EngineOperation:
    """One stateless image operation: its action, the request members that hold images, its limits."""

    action: str
    image_parameters: tuple[str, ...]
    limits: OperationLimits


@dataclass(frozen=True, slots=True)
class Catalog:
    """Operations by action, and quotas in calls per second by region and action.

    A region without any quota has no Rekognition endpoint.
    """

    operations: dict[str, EngineOperation]
    quotas: dict[str, dict[str, int]]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read operations.json and regions.json from a folder. Raises ValueError for an operation it cannot read."""
        operations = json.loads((folder / "operations.json").read_text())["operations"]
        regions = json.loads((folder / "regions.json").read_text())
        return cls(
            {row["action"]: _parse_operation(row) for row in operations.values() if row["kind"] == "image"},
            {region: dict(row["tps"]) for region, row in regions.items()},
        )

    def has_endpoint(self, region: str) -> bool:
        """Whether Rekognition has an endpoint in this region."""
        return bool(self.quotas.get(region))


def _parse_operation(row: dict[str, object]) -> EngineOperation:
    image_parameters, limits = row["image_parameters"], row["limits"]
    if not isinstance(image_parameters, list) or not isinstance(limits, dict):
        raise ValueError(
            f"operations.json: {row['action']}: `image_parameters` must be a list and `limits` must be an object"
        )
    return EngineOperation(str(row["action"]), tuple(image_parameters), OperationLimits(**limits))
