"""The arithmetic of capacity: shares, the seed's formula, waits and costs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rekbridge.capacity.prices import Prices, groups


@dataclass(frozen=True, slots=True)
class Lane:
    """One operation in one region: quota in calls a second, weight, and what the workers have learned of it.

    `rate` is what is left of the quota after throttles; `open_s`, for how long its breaker is open still.
    """

    region: str
    tps: float
    weight: float = 1
    rate: float | None = None
    open_s: float = 0

    @property
    def now(self) -> float:
        """Calls a second that the region is thought to take now."""
        return 0.0 if self.open_s else self.tps if self.rate is None else self.rate


@dataclass(frozen=True, slots=True)
class Capacity:
    """One operation over all its regions; `billed` are its price groups."""

    operation: str
    way: str
    lanes: tuple[Lane, ...]
    billed: tuple[str, ...]

    @property
    def total(self) -> float:
        """Calls a second by Rekbridge's placement: every region is used to its quota, whatever its weight."""
        return sum(lane.now for lane in self.lanes)

    @property
    def shares(self) -> dict[str, float]:
        """How often each region is tried first: in proportion to weight and rate; together 1 while any region is up."""
        drawn = {lane.region: lane.weight * lane.now for lane in self.lanes}
        whole = sum(drawn.values()) or 1.0
        return {region: share / whole for region, share in drawn.items()}

    @property
    def fixed(self) -> float:
        """The seed's min(tps / weight), its weights set once by quota and weight: one slow region holds up all."""
        whole = sum(lane.weight * lane.tps for lane in self.lanes)
        return _slowest((lane.now, lane.weight * lane.tps / whole) for lane in self.lanes)

    @property
    def even(self) -> float:
        """The seed's min(tps / weight) with the same weight for every region."""
        return _slowest((lane.now, 1 / len(self.lanes)) for lane in self.lanes)

    def wait_s(self, images: int) -> float | None:
        """Seconds until so many images are through; none while every region is down."""
        return images / self.total if self.total else None

    def cost(self, images: int, prices: Prices) -> float | None:
        """What so many images cost, each region billed for what it gets; none where AWS bills by the hour."""
        if not self.billed:
            return None
        shares = {lane.region: lane.now / (self.total or 1.0) for lane in self.lanes}
        return sum(prices.cost(group, round(images * share)) for group in self.billed for share in shares.values())


def capacities(
    operations: Mapping[str, Mapping[str, Any]],
    price_groups: Mapping[str, int | None],
    learned: Mapping[tuple[str, str], tuple[float, float]],
) -> list[Capacity]:
    """Every operation of a deployment as Terraform tells it, with (rate, seconds open) of the lanes that are known."""
    return [
        Capacity(
            name,
            told["way"],
            tuple(
                Lane(region, row["tps"], row["weight"], *learned.get((name, region), ()))
                for region, row in sorted(told["regions"].items())
            ),
            tuple(groups(price_groups[name], json.loads(told.get("settings", "{}")))),
        )
        for name, told in sorted(operations.items())
    ]


def told(capacity: Capacity, images: int, prices: Prices) -> dict[str, Any]:
    """One operation for `--json`: calls a second, shares of 1, seconds, and the currency of the price list."""
    lanes = [asdict(lane) | {"now": lane.now, "share": capacity.shares[lane.region]} for lane in capacity.lanes]
    return {
        "operation": capacity.operation,
        "way": capacity.way,
        "lanes": lanes,
        "tps": {"rekbridge": capacity.total, "fixed_shares": capacity.fixed, "even_shares": capacity.even},
        "wait_s": capacity.wait_s(images),
        "cost": capacity.cost(images, prices),
        "billed": list(capacity.billed),
    }


def _slowest(lanes: Iterable[tuple[float, float]]) -> float:
    return min((rate / share for rate, share in lanes if share), default=0.0)
