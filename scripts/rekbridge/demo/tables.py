"""What the demo ends with: what was seen, and where each byte went."""

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from rekbridge.demo.reconciliation import Line, Log, Sum
from rekbridge.demo.uploading import Told
from rekbridge.read_models.library import Found

COLUMNS = ("image", "operation", "way", "region", "what was seen", "ms", "call ms", "staged copy")
LEDGER = ("operation", "way", "from → to", "outcome", "ledger", "this run", "Rekognition")
NUMBERS = {"ms", "call ms", *LEDGER[-3:]}
LONG = {"image", "what was seen", "outcome"}
# What a file that is no picture leaves empty.
NONE = "–"
LONGEST_SEEN = 52
EXPLAINED = "ms: from upload to result row, and of them in the call; before: from an earlier upload of the same content"

type Row = tuple[str, ...]


def results(told: Iterable[Told]) -> Table:
    """One line for each image and operation."""
    table = _table("What Rekognition saw", COLUMNS)
    table.caption = EXPLAINED
    for one in told:
        for number, row in enumerate(rows(one)):
            table.add_row(one.sample.key if number == 0 else "", *row)
    return table


def rows(told: Told) -> Iterator[Row]:
    """The lines of one image, without its name."""
    story = told.story
    if story.code:
        yield NONE, NONE, NONE, f"[yellow]refused: {escape(story.reason or story.code)}[/]", NONE, NONE, NONE
    elif not story.results:
        yield NONE, NONE, NONE, "[red]nothing yet[/]", NONE, NONE, NONE
    for name, found in sorted(story.results.items()):
        # The result of an earlier upload of the same content.
        before = found.uploaded_at < story.uploaded_at
        times = ("before", NONE) if before else (f"{found.routed_at - found.uploaded_at:,}", f"{_call(found):,}")
        yield name, found.way or NONE, found.region or NONE, seen(found), *times, _copy(told, found)


def seen(found: Found) -> str:
    """In words; that nothing was found is an answer too."""
    if found.code:
        return f"[red]{escape(found.reason or found.code)}[/]"
    words = " · ".join(found.seen)
    if len(words) > LONGEST_SEEN:
        words = f"{words[: LONGEST_SEEN - 1].rstrip()}…"
    return escape(words) or "[dim]nothing[/]"


def bytes_sent(lines: Iterable[Line], log: Log) -> Table:
    """The ledger, and beside it what the local Rekognition counted itself in this run."""
    table = _table(
        "Where each byte went: calls and bytes by the ledger, and in this run by Rekognition's own log too", LEDGER
    )
    for line in lines:
        path, logged = line.path, log.get(line.path.place, Sum())
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(line.outcomes.items()))
        sums = (f"{total.calls} {total.bytes:>10,}" for total in (line.ever, line.now, logged))
        table.add_row(path.operation, path.way, f"{path.home} → {path.region}", outcomes, *sums)
    return table


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, justify="right" if name in NUMBERS else "left", no_wrap=name not in LONG)
    return table


def _call(found: Found) -> int:
    return found.answered_at - found.asked_at


def _copy(told: Told, found: Found) -> str:
    if found.way != "staged":
        return NONE
    return f"[red]{len(told.left)} there[/]" if told.left else "gone"
