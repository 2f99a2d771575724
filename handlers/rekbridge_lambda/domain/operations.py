"""The catalog of Rekognition operations. To add one, edit operations.json only."""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rekbridge_lambda.domain.errors import UnknownOperation
from rekbridge_lambda.imaging.sniffing import Limits

type Way = Literal["bytes", "staged"]

# zlib: any gzip header.
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Operation:
    """How one Rekognition action is called, what it accepts, and where its answer lies in the response."""

    name: str
    action: str
    answer: str
    kind: str
    images: list[str]
    defaults: dict[str, Any]
    limits: dict[str, int | None]
    price_group: int | None
    index: str | None
    parameters: dict[str, Any]
    required: list[str]
    # The choice that the defaults are for: AWS takes them only where it is made, or none is.
    defaults_for: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The boto3 method: DetectModerationLabels -> detect_moderation_labels."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.action).lower()

    def defaults_beside(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The defaults as far as these settings leave room for them."""
        others = any(choice not in settings.get(name, [choice]) for name, choice in self.defaults_for.items())
        return {} if others else self.defaults

    def limits_for(self, way: Way) -> Limits:
        """What one image may be: bytes before base64, pixels per side (AWS: Rekognition guidelines and quotas)."""
        size = self.limits["bytes" if way == "bytes" else "s3_bytes"]
        smallest = self.limits["min_side"]
        if size is None or smallest is None:
            raise ValueError(f"operations.json: {self.name} lacks a byte limit or a smallest side")
        return Limits(bytes=size, min_side=smallest, max_side=self.limits["max_side"])

    def request(self, image: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of the boto3 call for one image."""
        return {self.images[0]: image, **parameters}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one region takes of an operation in calls a second; `weight` multiplies its share of the overflow."""

    tps: float
    weight: float = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """One operation as this deployment runs it: its way, the regions it may go to, its queues.

    Staged work has one region, the one its copy lies in.
    """

    operation: Operation
    way: Way
    regions: dict[str, Allowance]
    queue: str
    dead: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """All that Rekognition is asked besides the image: saying what is the default anyway changes nothing."""
        return self.operation.defaults_beside(self.settings) | self.settings

    @property
    def limits(self) -> Limits:
        """What an image may be on this operation's way."""
        return self.operation.limits_for(self.way)


type Plan = Mapping[str, Planned]


def catalog() -> dict[str, Operation]:
    """Every operation by its name."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())
    return {name: Operation(name, **row) for name, row in rows.items()}


CATALOG = catalog()


def named(name: str) -> Operation:
    """The operation of this name. Raises UnknownOperation with the names there are."""
    try:
        return CATALOG[name]
    except KeyError:
        raise UnknownOperation(f"{name!r} is not one of {', '.join(CATALOG)}") from None


def plan(packed: str) -> dict[str, Planned]:
    """The deployment's operations from OPERATIONS: JSON by Terraform's base64gzip, for all variables have 4 KB."""
    rows = json.loads(zlib.decompress(base64.b64decode(packed), GZIP))
    return {name: read(name, row) for name, row in rows.items()}


def read(name: str, row: dict[str, Any]) -> Planned:
    """One operation of that JSON."""
    regions = {region: Allowance(**told) for region, told in row["regions"].items()}
    return Planned(operation=named(name), **row | {"regions": regions})


def planned(plan: Plan, name: str) -> Planned:
    """How the deployment runs this operation. Raises UnknownOperation where it does not."""
    try:
        return plan[name]
    except KeyError:
        raise UnknownOperation(f"{name!r} is not deployed here; deployed are {', '.join(plan)}") from None
