"""A run as a table."""

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance.load.figures import Figures

# A terminal's, wherever nobody's terminal says otherwise.
WIDTH = 140


def show(rows: Mapping[str, Figures], title: str) -> None:
    """Print one line a run."""
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    table.add_column("run")
    for heading in ("sent", "sent/s", "done", "done/s", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    for heading in ("throttles: Rekognition", "told to senders", "errors", "share per region"):
        table.add_column(heading, justify="right" if "thr" in heading or "told" in heading else "left")
    for name, one in rows.items():
        table.add_row(name, *cells(one))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(width=WIDTH, highlight=False)).print(table)


def cells(one: Figures) -> Iterator[str]:
    """The figures of a run in words."""
    throttles, calls = one.calls["throttled"], max(1, one.calls.total())
    yield f"{len(one.ran.sent):,}"
    yield f"{one.offered:.1f}"
    yield f"{one.done:,}"
    yield f"{one.throughput:.1f}"
    yield from (f"{taken:,.0f}" for taken in one.percentiles)
    yield f"{throttles:,} ({throttles / calls:.1%})"
    yield f"{one.throttled:,}"
    errors = [*one.errors.items(), *((f"Rekognition: {told}", n) for told, n in unanswered(one).items())]
    yield ", ".join(f"{count} {told}" for told, count in errors) or "none"
    yield ", ".join(f"{region} {share:.0%}" for region, share in one.shares.items()) or "–"


def unanswered(one: Figures) -> dict[str, int]:
    """Rekognition's other refusals and drops."""
    return {told: count for told, count in one.calls.items() if told not in {"done", "throttled"}}
