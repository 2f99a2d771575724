"""Capacity for people: one table of lanes, one of what they come to."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from rekbridge.capacity.figures import Capacity, Lane
from rekbridge.capacity.prices import Prices

LANES = ("operation", "way", "region", "TPS", "now", "weight", "share")
SUMS = ("operation", "even", "fixed", "Rekbridge", "time")
WORDS = {"operation", "way", "region"}
NONE = "–"
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def lanes(capacities: Iterable[Capacity], home: str) -> Table:
    """A line for each operation and region."""
    table = _table("Calls a second, by operation and region", LANES)
    for capacity in capacities:
        for number, lane in enumerate(capacity.lanes):
            names = (capacity.operation, capacity.way) if number == 0 else ("", "")
            region = f"{lane.region}, home first" if lane.region == home else lane.region
            share = f"{100 * capacity.shares[lane.region]:.0f} %"
            table.add_row(*names, region, f"{lane.tps:g}", now(lane), f"{lane.weight:g}", share)
    return table


def sums(capacities: Iterable[Capacity], images: int, prices: Prices) -> Table:
    """Each operation over all its regions: the seed's formula, ours, and what so many images take."""
    table = _table(f"Calls a second together, and {images:,} images", (*SUMS, prices.currency))
    for capacity in capacities:
        wait, cost = capacity.wait_s(images), capacity.cost(images, prices)
        table.add_row(
            capacity.operation,
            *(f"{tps:g}" for tps in (capacity.even, capacity.fixed, round(capacity.total, 2))),
            "never" if wait is None else duration(wait),
            "by the hour" if cost is None else f"{cost:,.2f}",
        )
    table.caption = (
        "even, fixed: min(TPS / share), as where regions are drawn without looking; "
        f"{prices.currency}: list of {prices.region}, {prices.date}"
    )
    return table


def now(lane: Lane) -> str:
    """What the workers have learned, where it is not the quota."""
    if lane.open_s:
        return f"[red]down, {duration(lane.open_s)}[/]"
    return NONE if lane.rate is None or lane.rate >= lane.tps else f"[yellow]{lane.rate:.3g}[/]"


def duration(seconds: float) -> str:
    """The two largest units: 2 h 5 min."""
    left, parts = round(seconds), list[str]()
    for name, size in UNITS:
        if count := left // size:
            parts.append(f"{count} {name}")
            left -= count * size
        elif parts:
            break
    return " ".join(parts[:2]) or f"{seconds:.1f} s"


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, justify="left" if name in WORDS else "right", no_wrap=True)
    return table
