"""Compares the calls in the claims table with the calls that Rekognition itself has logged."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rekbridge_lambda.domain.ids import ResultKey

from rekbridge.read_models.claims import ClaimRecord, RecordedAttempt
from rekbridge.testing.local_rekognition import RekognitionCall


class TransferPath(NamedTuple):
    """How images of one operation are sent: the transfer, and from the home region to which region."""

    operation: str
    transfer: str
    home: str
    region: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The part of the path that Rekognition's log has too."""
        return self.operation, self.transfer, self.region


@dataclass(slots=True)
class CallTotal:
    """A number of calls, and the bytes of their images."""

    calls: int = 0
    bytes: int = 0

    def add_calls(self, size: int, calls: int = 1) -> None:
        """Add calls, each with an image of this size in bytes."""
        self.calls += calls
        self.bytes += calls * size


type CallTotals = Mapping[tuple[str, str, str], CallTotal]


@dataclass(slots=True)
class PathTotals:
    """The claims table's calls on one path: in all runs of the demo, in this run, and by outcome."""

    path: TransferPath
    all_runs: CallTotal = field(default_factory=CallTotal)
    this_run: CallTotal = field(default_factory=CallTotal)
    outcomes: Counter[str] = field(default_factory=Counter)


def sum_claims(before: Mapping[ResultKey, ClaimRecord], after: Mapping[ResultKey, ClaimRecord]) -> list[PathTotals]:
    """Sum up the claims by path. `before` are the claims at the start of this run."""
    totals: dict[TransferPath, PathTotals] = {}
    for result_key, claim in after.items():
        for attempt, calls, new_calls in _count_attempts(before.get(result_key, ClaimRecord()), claim):
            path = TransferPath(attempt.operation, attempt.transfer, attempt.from_region, attempt.to_region)
            total = totals.setdefault(path, PathTotals(path))
            total.all_runs.add_calls(attempt.sent_bytes, calls)
            total.this_run.add_calls(attempt.sent_bytes, new_calls)
            total.outcomes[attempt.outcome] += calls
    return [totals[path] for path in sorted(totals)]


def sum_calls(calls: Iterable[RekognitionCall], actions: Mapping[str, str]) -> CallTotals:
    """Sum up Rekognition's log by operation, transfer and region. `actions` maps its action names to operations."""
    totals: defaultdict[tuple[str, str, str], CallTotal] = defaultdict(CallTotal)
    for call in calls:
        totals[actions.get(call.operation, call.operation), call.mode, call.region].add_calls(call.bytes)
    return dict(totals)


def find_differences(claims: Iterable[PathTotals], log: CallTotals) -> list[str]:
    """Describe where claims table and log disagree on this run. Empty when every call and byte is accounted for."""
    claimed: dict[tuple[str, str, str], CallTotal] = defaultdict(CallTotal)
    for total in claims:
        claimed[total.path.key].calls += total.this_run.calls
        claimed[total.path.key].bytes += total.this_run.bytes
    return [
        f"{' '.join(key)}: the claims table has {_describe_total(ours)}, Rekognition's log {_describe_total(theirs)}"
        for key in sorted({*claimed, *log})
        if (ours := claimed.get(key, CallTotal())) != (theirs := log.get(key, CallTotal()))
    ]


def find_repeated_payments(
    before: Mapping[ResultKey, ClaimRecord], after: Mapping[ResultKey, ClaimRecord]
) -> list[str]:
    """Find results that were paid for twice: called again although stored, or with two successful calls."""
    return sorted(
        result_key
        for result_key, claim in after.items()
        if claim.done_count > 1
        or (before.get(result_key, ClaimRecord()).done_count and _count_calls(claim) > _count_calls(before[result_key]))
    )


def _count_attempts(before: ClaimRecord, after: ClaimRecord) -> Iterator[tuple[RecordedAttempt, int, int]]:
    """Each attempt with its number of calls in all runs, and since `before`."""
    for number, attempt in enumerate(after.attempts):
        yield attempt, 1, int(number >= len(before.attempts))
    if after.last_unpaid:
        yield after.last_unpaid, after.unpaid, after.unpaid - before.unpaid


def _count_calls(claim: ClaimRecord) -> int:
    return len(claim.attempts) + claim.unpaid


def _describe_total(total: CallTotal) -> str:
    return f"{total.calls} calls with {total.bytes:,} bytes"
