"""The catalog of Rekognition operations, and how this deployment runs them. To add one, edit operations.json only."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rekbridge_lambda.domain.errors import UnknownOperation
from rekbridge_lambda.domain.images import ImageLimits

type Transfer = Literal["bytes", "staged"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of operations.json: how a Rekognition action is called, what it accepts, where its answer is."""

    name: str
    action: str
    response_key: str
    kind: str
    image_parameters: list[str]
    defaults: dict[str, Any]
    limits: dict[str, int | None]
    price_group: int | None
    index: str | None
    parameters: dict[str, Any]
    required: list[str]
    # The choice for which the defaults are valid: AWS accepts them only with it, or when no choice is made.
    defaults_for: dict[str, str] = field(default_factory=dict)

    @property
    def method_name(self) -> str:
        """The boto3 method: DetectModerationLabels -> detect_moderation_labels."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.action).lower()

    def select_defaults(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The default parameters, or none when the settings make a choice for which they are not valid."""
        other_choice = any(choice not in settings.get(name, [choice]) for name, choice in self.defaults_for.items())
        return {} if other_choice else self.defaults

    def get_limits(self, transfer: Transfer) -> ImageLimits:
        """Limits of one image: bytes before base64, pixels per side (AWS: Rekognition guidelines and quotas)."""
        size = self.limits["bytes" if transfer == "bytes" else "s3_bytes"]
        min_side = self.limits["min_side"]
        if size is None or min_side is None:
            raise ValueError(f"operations.json: {self.name} lacks a byte limit or a smallest side")
        return ImageLimits(bytes=size, min_side=min_side, max_side=self.limits["max_side"])

    def build_request(self, image: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of the boto3 call for one image."""
        return {self.image_parameters[0]: image, **parameters}


@dataclass(frozen=True, slots=True)
class RegionQuota:
    """Calls a second that one region accepts of an operation; `weight` multiplies its share of the overflow."""

    tps: float
    weight: float = 1


@dataclass(frozen=True, slots=True)
class DeployedOperation:
    """One operation as this deployment runs it: its transfer, its regions with their quotas, its queues.

    A staged operation has one region, the one that holds its copies.
    """

    definition: Operation
    transfer: Transfer
    regions: dict[str, RegionQuota]
    queue_url: str
    dlq_url: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The operation's name in the catalog."""
        return self.definition.name

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter of the call besides the image, so that naming a default value changes nothing."""
        return self.definition.select_defaults(self.settings) | self.settings

    @property
    def limits(self) -> ImageLimits:
        """Limits of an image with this operation's transfer."""
        return self.definition.get_limits(self.transfer)


type Operations = Mapping[str, DeployedOperation]


def load_catalog() -> dict[str, Operation]:
    """Every operation of operations.json by its name."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())["operations"]
    return {name: Operation(name, **row) for name, row in rows.items()}


CATALOG = load_catalog()


def get_catalog_operation(name: str) -> Operation:
    """The operation of this name. Raises UnknownOperation with the names that exist."""
    try:
        return CATALOG[name]
    except KeyError:
        raise UnknownOperation(f"{name!r} is not one of {', '.join(CATALOG)}") from None


def get_operation(operations: Operations, name: str) -> DeployedOperation:
    """An operation of this deployment. Raises UnknownOperation where it is not deployed."""
    try:
        return operations[name]
    except KeyError:
        raise UnknownOperation(f"{name!r} is not deployed here; deployed are {', '.join(operations)}") from None
