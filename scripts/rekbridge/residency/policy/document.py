"""The document as data: regions, what each operation sends, and what is kept where and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG, Transfer

from rekbridge.residency.policy.places import Place, describe_place
from rekbridge.residency.policy.stores import Store, list_stores


@dataclass(frozen=True, slots=True)
class Flow:
    """What one operation sends, from where, and where to. `regions` are in the order in which they are used.

    Where `home_first`, the others are used beyond home's quota only, in random order by `shares` (percent).
    """

    source: str
    operation: str
    action: str
    transfer: Transfer
    regions: tuple[Place, ...]
    shares: tuple[int, ...]
    home_first: bool
    max_bytes: int


@dataclass(frozen=True, slots=True)
class DataFlow:
    """Everything that the variables say about where images may go."""

    prefix: str
    home: Place
    remote: Place
    allowed: tuple[Place, ...]
    flows: tuple[Flow, ...]
    image_privacy: str
    stores: tuple[Store, ...]
    trusted_callers: tuple[str, ...]
    private_api: bool
    log_destination: str | None
    sinks: Mapping[str, tuple[str, ...]]

    @property
    def jurisdictions(self) -> list[str]:
        """Every jurisdiction in which an image may be, home's first."""
        reached = {place.jurisdiction for flow in self.flows for place in flow.regions} | {self.remote.jurisdiction}
        return [self.home.jurisdiction, *sorted(reached - {self.home.jurisdiction})]


def build_document(values: Mapping[str, Any]) -> DataFlow:
    """Build the document from the value of POLICY_EXPRESSION."""
    home = values["home"]
    uploads = [
        _build_flow("uploads", name, row["transfer"], row["regions"], home)
        for name, row in sorted(values["operations"].items())
    ]
    requests = [
        _build_flow("REST API", name, "bytes", row["regions"], home)
        for name, row in sorted(values["api_operations"].items())
    ]
    return DataFlow(
        prefix=values["prefix"],
        home=describe_place(home),
        remote=describe_place(values["remote"]),
        allowed=tuple(describe_place(region) for region in sorted(values["allowed"])),
        flows=(*uploads, *requests),
        image_privacy=values["image_privacy"],
        stores=tuple(list_stores(values)),
        trusted_callers=tuple(sorted(values["trusted_callers"])),
        private_api=values["is_private"],
        log_destination=values["log_destination"],
        sinks={name: tuple(sorted(targets)) for name, targets in sorted(values["sinks"].items())},
    )


def _build_flow(
    source: str, name: str, transfer: Transfer, regions: Mapping[str, Mapping[str, float]], home: str
) -> Flow:
    weights = {region: quota["tps"] * quota["weight"] for region, quota in regions.items()}
    others = sorted(weights.keys() - {home}, key=lambda region: (-weights[region], region))
    order = [home] * (home in weights) + others
    total = sum(weights[region] for region in others)
    return Flow(
        source,
        name,
        CATALOG[name].action,
        transfer,
        tuple(describe_place(region) for region in order),
        tuple(round(100 * weights[region] / total) for region in others),
        home in weights,
        CATALOG[name].get_limits(transfer).bytes,
    )
