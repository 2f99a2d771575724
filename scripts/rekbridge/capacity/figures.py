"""Computes capacity: shares of regions, calls per second, duration and cost.

For comparison, `even_share_tps` and `fixed_share_tps` use the formula of AWS's article: min(TPS / share).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rekbridge.capacity.prices import Prices, find_price_groups


@dataclass(frozen=True, slots=True)
class RegionCapacity:
    """One operation in one region. `tps` is its quota in calls per second.

    `learned_tps` is the rate that the workers have learned from throttles. Its circuit breaker stays open for
    `circuit_open_s` seconds.
    """

    region: str
    tps: float
    weight: float = 1
    learned_tps: float | None = None
    circuit_open_s: float = 0

    @property
    def current_tps(self) -> float:
        """Calls per second that the region accepts now."""
        return 0.0 if self.circuit_open_s else self.tps if self.learned_tps is None else self.learned_tps


@dataclass(frozen=True, slots=True)
class OperationCapacity:
    """One operation in all its regions. It is billed in every one of its price groups."""

    operation: str
    transfer: str
    regions: tuple[RegionCapacity, ...]
    price_groups: tuple[str, ...]

    @property
    def total_tps(self) -> float:
        """Calls per second with Rekbridge's region selection, which uses every region's quota, whatever its weight."""
        return sum(region.current_tps for region in self.regions)

    @property
    def shares(self) -> dict[str, float]:
        """How often each region is tried first, by weight and rate. The sum is 1, or 0 if all regions are down."""
        weighted = {region.region: region.weight * region.current_tps for region in self.regions}
        total = sum(weighted.values()) or 1.0
        return {name: share / total for name, share in weighted.items()}

    @property
    def fixed_share_tps(self) -> float:
        """Calls per second with shares fixed in advance by quota and weight: one slow region limits all."""
        total = sum(region.weight * region.tps for region in self.regions)
        return _find_slowest((region.current_tps, region.weight * region.tps / total) for region in self.regions)

    @property
    def even_share_tps(self) -> float:
        """Calls per second with the same share for every region."""
        return _find_slowest((region.current_tps, 1 / len(self.regions)) for region in self.regions)

    def compute_duration_s(self, images: int) -> float | None:
        """Return the seconds for a number of images, or None while every region is down."""
        return images / self.total_tps if self.total_tps else None

    def compute_cost(self, images: int, prices: Prices) -> float | None:
        """Return the cost of a number of images, each region billed for its part. None if AWS bills by the hour."""
        if not self.price_groups:
            return None
        shares = {region.region: region.current_tps / (self.total_tps or 1.0) for region in self.regions}
        return sum(
            prices.compute_cost(group, round(images * share))
            for group in self.price_groups
            for share in shares.values()
        )


def compute_capacities(
    operations: Mapping[str, Mapping[str, Any]],
    price_groups: Mapping[str, int | None],
    learned_rates: Mapping[tuple[str, str], tuple[float, float]],
) -> list[OperationCapacity]:
    """Compute the capacity of operations in the form of Terraform's output.

    `learned_rates` has (calls per second, seconds that the circuit breaker stays open) by operation and region.
    """
    return [
        OperationCapacity(
            name,
            operation["transfer"],
            tuple(
                RegionCapacity(region, row["tps"], row["weight"], *learned_rates.get((name, region), ()))
                for region, row in sorted(operation["regions"].items())
            ),
            tuple(find_price_groups(price_groups[name], json.loads(operation.get("settings", "{}")))),
        )
        for name, operation in sorted(operations.items())
    ]


def to_dict(capacity: OperationCapacity, images: int, prices: Prices) -> dict[str, Any]:
    """Return one operation for `--json`: calls per second, shares of 1, seconds, cost in the prices' currency."""
    regions = [
        asdict(region) | {"current_tps": region.current_tps, "share": capacity.shares[region.region]}
        for region in capacity.regions
    ]
    return {
        "operation": capacity.operation,
        "transfer": capacity.transfer,
        "regions": regions,
        "tps": {
            "rekbridge": capacity.total_tps,
            "fixed_shares": capacity.fixed_share_tps,
            "even_shares": capacity.even_share_tps,
        },
        "duration_s": capacity.compute_duration_s(images),
        "cost": capacity.compute_cost(images, prices),
        "price_groups": list(capacity.price_groups),
    }


def _find_slowest(rates_and_shares: Iterable[tuple[float, float]]) -> float:
    return min((rate / share for rate, share in rates_and_shares if share), default=0.0)
