"""A run as a table."""

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance.load.samples import DONE, THROTTLED
from tests.performance.load.summary import LoadSummary

# The width of the table where the output is not a terminal.
WIDTH = 140


def print_runs(rows: Mapping[str, LoadSummary], title: str) -> None:
    """Print one line per run."""
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    table.add_column("run")
    for heading in ("sent", "sent/s", "done", "done/s", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    for heading in ("throttles: Rekognition", "429 to senders"):
        table.add_column(heading, justify="right")
    for heading in ("errors", "share per region"):
        table.add_column(heading)
    for name, summary in rows.items():
        table.add_row(name, *format_cells(summary))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(width=WIDTH, highlight=False)).print(table)


def format_cells(summary: LoadSummary) -> Iterator[str]:
    """The figures of a run as text."""
    throttles, calls = summary.calls[THROTTLED], max(1, summary.calls.total())
    yield f"{len(summary.run.samples):,}"
    yield f"{summary.sent_rate:.1f}"
    yield f"{summary.done_count:,}"
    yield f"{summary.throughput:.1f}"
    yield from (f"{latency:,.0f}" for latency in summary.percentiles)
    yield f"{throttles:,} ({throttles / calls:.1%})"
    yield f"{summary.throttled_count:,}"
    failed_calls = list_failed_calls(summary).items()
    errors = [*summary.errors.items(), *((f"Rekognition: {outcome}", count) for outcome, count in failed_calls)]
    yield ", ".join(f"{count} {outcome}" for outcome, count in errors) or "none"
    yield ", ".join(f"{region} {share:.0%}" for region, share in summary.shares.items()) or "–"


def list_failed_calls(summary: LoadSummary) -> dict[str, int]:
    """Rekognition's calls that were neither answered nor throttled, by outcome."""
    return {outcome: count for outcome, count in summary.calls.items() if outcome not in {DONE, THROTTLED}}
