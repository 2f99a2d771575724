"""Formats capacity as two tables: one line per operation and region, and one line per operation."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from rekbridge.capacity.figures import OperationCapacity, RegionCapacity
from rekbridge.capacity.prices import Prices

REGION_COLUMNS = ("operation", "transfer", "region", "TPS", "now", "weight", "share")
OPERATION_COLUMNS = ("operation", "even", "fixed", "Rekbridge", "time")
TEXT_COLUMNS = {"operation", "transfer", "region"}
NONE = "–"
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def build_region_table(capacities: Iterable[OperationCapacity], home: str) -> Table:
    """Build the table with a line per operation and region."""
    table = _create_table("Calls per second, by operation and region", REGION_COLUMNS)
    for capacity in capacities:
        for number, limit in enumerate(capacity.regions):
            names = (capacity.operation, capacity.transfer) if number == 0 else ("", "")
            region = f"{limit.region}, home first" if limit.region == home else limit.region
            share = f"{100 * capacity.shares[limit.region]:.0f} %"
            table.add_row(*names, region, f"{limit.tps:g}", format_current_tps(limit), f"{limit.weight:g}", share)
    return table


def build_operation_table(capacities: Iterable[OperationCapacity], images: int, prices: Prices) -> Table:
    """Build the table with a line per operation: its calls per second in all regions, duration and cost."""
    table = _create_table(
        f"Calls per second in all regions, and {images:,} images", (*OPERATION_COLUMNS, prices.currency)
    )
    for capacity in capacities:
        duration_s, cost = capacity.compute_duration_s(images), capacity.compute_cost(images, prices)
        table.add_row(
            capacity.operation,
            *(f"{tps:g}" for tps in (capacity.even_share_tps, capacity.fixed_share_tps, round(capacity.total_tps, 2))),
            "never" if duration_s is None else format_duration(duration_s),
            "by the hour" if cost is None else f"{cost:,.2f}",
        )
    table.caption = (
        "even, fixed: min(TPS / share), if regions are chosen by shares set in advance; "
        f"{prices.currency}: prices of {prices.region}, {prices.date}"
    )
    return table


def format_current_tps(capacity: RegionCapacity) -> str:
    """Format the learned rate if it is below the quota, or for how long the region is down."""
    if capacity.circuit_open_s:
        return f"[red]down, {format_duration(capacity.circuit_open_s)}[/]"
    return (
        NONE
        if capacity.learned_tps is None or capacity.learned_tps >= capacity.tps
        else f"[yellow]{capacity.learned_tps:.3g}[/]"
    )


def format_duration(seconds: float) -> str:
    """Format a duration in its two largest units, like 2 h 5 min."""
    remaining, parts = round(seconds), list[str]()
    for name, size in UNITS:
        if count := remaining // size:
            parts.append(f"{count} {name}")
            remaining -= count * size
        elif parts:
            break
    return " ".join(parts[:2]) or f"{seconds:.1f} s"


def _create_table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, justify="left" if name in TEXT_COLUMNS else "right", no_wrap=True)
    return table
