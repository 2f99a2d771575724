"""The status of an upload, for people and as JSON."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rekbridge.read_models.operation_states import OperationStatus, get_upload_state, list_operation_statuses
from rekbridge.read_models.uploads import UploadStatus
from rekbridge.support.console import out
from rekbridge.support.json_types import JsonObject

# Columns of the output when it is not a terminal.
WIDTH = 140
MAX_SUMMARY_LENGTH = 60
NONE = "–"
COLUMNS = ("operation", "state", "transfer", "region", "called", "responded", "routed", "found, or the reason")
EXPLANATIONS = {
    "not_ingested": "INGEST has not stored this upload yet. If this stays so, look at the uploads queue and its DLQ.",
    "rejected": "Rekbridge does not accept this file.",
    "pending": "Operations are still running, or wait for quota. SWEEP enqueues them again if they stay pending.",
    "settled": "Every operation has ended.",
}


def to_dict(upload: UploadStatus, deployed: Iterable[str]) -> JsonObject:
    """The status with the keys that scripts read; times in RFC 3339, null where there is none."""
    return {
        "key": upload.version.key,
        "version": upload.version.version,
        "state": get_upload_state(upload),
        "code": upload.code,
        "reason": upload.reason,
        "uploaded_at": format_time(upload.uploaded_at),
        "image_id": upload.image_id,
        "run_id": upload.run.id if upload.run else None,
        "operations": {one.operation: _operation_to_dict(one) for one in list_operation_statuses(upload, deployed)},
    }


def print_status(upload: UploadStatus, deployed: Iterable[str]) -> None:
    """Print the status as a heading and a table of the operations."""
    console = Console(width=out.width if out.is_terminal else WIDTH, highlight=False)
    state = get_upload_state(upload)
    console.print(f"{upload.version.key} · version {upload.version.version} · {state.replace('_', ' ')}", markup=False)
    console.print(f"{EXPLANATIONS[state]}{f' {upload.code}: {upload.reason}' if upload.code else ''}", markup=False)
    if upload.uploaded_at:
        console.print(f"uploaded {format_time(upload.uploaded_at)}", markup=False)
    if upload.image_id:
        console.print(f"image {upload.image_id} · run {upload.run.id if upload.run else NONE}", markup=False)
        console.print(build_table(list_operation_statuses(upload, deployed), upload.uploaded_at))


def build_table(operations: Iterable[OperationStatus], uploaded_at: int) -> Table:
    """One row per operation; times of the day of the upload have no date."""
    table = Table(box=SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, no_wrap=column != COLUMNS[-1])
    for one in operations:
        table.add_row(*_format_row(one, uploaded_at))
    return table


def format_time(milliseconds: int) -> str | None:
    """A time in RFC 3339; None for 0, which stands for a time that is not known."""
    if not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _format_row(one: OperationStatus, uploaded_at: int) -> tuple[str, ...]:
    result = one.result
    if result is None:
        return (one.operation, one.state.replace("_", " "), *[NONE] * 6)
    # A result without a call, such as a refused size, has no region and no times of a call.
    times = (result.called_at, result.responded_at) if result.region else (0, 0)
    found = (
        f"{result.code}: {result.reason}" if result.code else _shorten(" · ".join(result.summary)) or "nothing found"
    )
    return (
        one.operation,
        one.state.replace("_", " "),
        result.transfer or NONE,
        result.region or NONE,
        *(_format_time_of_day(time, uploaded_at) for time in (*times, result.routed_at)),
        escape(found),
    )


def _format_time_of_day(milliseconds: int, uploaded_at: int) -> str:
    time, uploaded = format_time(milliseconds), format_time(uploaded_at)
    if time is None:
        return NONE
    date, _, time_of_day = time.partition("T")
    return time_of_day if uploaded and uploaded.startswith(date) else time


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SUMMARY_LENGTH else f"{text[: MAX_SUMMARY_LENGTH - 1].rstrip()}…"


def _operation_to_dict(one: OperationStatus) -> JsonObject:
    result = one.result
    if result is None:
        return {"state": one.state}
    return {
        "state": one.state,
        "transfer": result.transfer or None,
        "region": result.region or None,
        "called_at": format_time(result.called_at) if result.region else None,
        "responded_at": format_time(result.responded_at) if result.region else None,
        "routed_at": format_time(result.routed_at),
        "summary": result.summary,
        "result_key": result.result_key,
        "code": result.code,
        "reason": result.reason,
    }
