"""The two tables that the demo ends with: the results, and the calls and bytes of each transfer path."""

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from rekbridge.demo.uploading import UploadOutcome
from rekbridge.read_models.uploads import OperationResult
from rekbridge.testing.reconciliation import CallTotal, CallTotals, PathTotals

RESULT_COLUMNS = ("image", "operation", "transfer", "region", "found", "ms", "call ms", "staged copy")
CALL_COLUMNS = ("claims, all runs", "claims, this run", "Rekognition, this run")
TRANSFER_COLUMNS = ("operation", "transfer", "from → to", "outcome", *CALL_COLUMNS)
TRANSFER_TITLE = "Where each byte went: calls and bytes in the claims table, and in Rekognition's own log"
NUMBER_COLUMNS = {"ms", "call ms", *CALL_COLUMNS}
WRAPPED_COLUMNS = {"image", "found", "outcome"}
EMPTY = "–"
MAX_SUMMARY_LENGTH = 52
CAPTION = (
    "ms: from the upload to the stored result; call ms: of these, in the call; before: stored by an earlier upload"
)

type TableRow = tuple[str, ...]


def build_result_table(outcomes: Iterable[UploadOutcome]) -> Table:
    """Build the table with a line for each image and operation."""
    table = _create_table("What Rekognition found", RESULT_COLUMNS)
    table.caption = CAPTION
    for outcome in outcomes:
        for number, row in enumerate(format_rows(outcome)):
            table.add_row(outcome.sample.key if number == 0 else "", *row)
    return table


def format_rows(outcome: UploadOutcome) -> Iterator[TableRow]:
    """Format the lines of one image, without its name."""
    status = outcome.status
    if status.code:
        yield EMPTY, EMPTY, EMPTY, f"[yellow]refused: {escape(status.reason or status.code)}[/]", EMPTY, EMPTY, EMPTY
    elif not status.results:
        yield EMPTY, EMPTY, EMPTY, "[red]no result yet[/]", EMPTY, EMPTY, EMPTY
    for name, result in sorted(status.results.items()):
        # An earlier upload of the same content has brought this result.
        is_older = result.uploaded_at < status.uploaded_at
        total_ms = "before" if is_older else f"{result.routed_at - result.uploaded_at:,}"
        call_ms = EMPTY if is_older else f"{result.responded_at - result.called_at:,}"
        copies = _format_staged_copies(outcome, result)
        yield name, result.transfer or EMPTY, result.region or EMPTY, format_summary(result), total_ms, call_ms, copies


def format_summary(result: OperationResult) -> str:
    """Format what was found, or why there is no result. An empty result is "nothing"."""
    if result.code:
        return f"[red]{escape(result.reason or result.code)}[/]"
    summary = " · ".join(result.summary)
    if len(summary) > MAX_SUMMARY_LENGTH:
        summary = f"{summary[: MAX_SUMMARY_LENGTH - 1].rstrip()}…"
    return escape(summary) or "[dim]nothing[/]"


def build_transfer_table(totals: Iterable[PathTotals], log: CallTotals) -> Table:
    """Build the table with a line for each transfer path: the claims table's numbers beside those of the log."""
    table = _create_table(TRANSFER_TITLE, TRANSFER_COLUMNS)
    for total in totals:
        path, logged = total.path, log.get(total.path.key, CallTotal())
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(total.outcomes.items()))
        numbers = (f"{number.calls} {number.bytes:>10,}" for number in (total.all_runs, total.this_run, logged))
        table.add_row(path.operation, path.transfer, f"{path.home} → {path.region}", outcomes, *numbers)
    return table


def _create_table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        is_number, wraps = name in NUMBER_COLUMNS, name in WRAPPED_COLUMNS
        table.add_column(name, justify="right" if is_number else "left", no_wrap=not wraps)
    return table


def _format_staged_copies(outcome: UploadOutcome, result: OperationResult) -> str:
    if result.transfer != "staged":
        return EMPTY
    return f"[red]{len(outcome.staged_copies)} left[/]" if outcome.staged_copies else "deleted"
