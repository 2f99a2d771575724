"""Where each byte went: the ledger's attempts, and whether Rekognition's own log says the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rekbridge.demo.calls import Call
from rekbridge.read_models.ledger import Attempted, Entry


class Path(NamedTuple):
    """The way of one operation's images: from home to where they are analysed."""

    operation: str
    way: str
    home: str
    region: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What Rekognition's log can tell of it."""
        return self.operation, self.way, self.region


@dataclass(slots=True)
class Sum:
    """Calls, and the bytes of the images in them."""

    calls: int = 0
    bytes: int = 0

    def add(self, size: int, calls: int = 1) -> None:
        """So many calls more, each with an image of that size."""
        self.calls += calls
        self.bytes += calls * size


type Log = Mapping[tuple[str, str, str], Sum]


@dataclass(slots=True)
class Line:
    """One way by which images went: all that the ledger has of it, by outcome too, and what this run added."""

    path: Path
    ever: Sum = field(default_factory=Sum)
    now: Sum = field(default_factory=Sum)
    outcomes: Counter[str] = field(default_factory=Counter)


def lines(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[Line]:
    """The ledger summed up."""
    found: dict[Path, Line] = {}
    for result, entry in after.items():
        for attempt, calls, anew in _counted(before.get(result, Entry()), entry):
            path = Path(attempt.operation, attempt.way, attempt.from_region, attempt.to_region)
            line = found.setdefault(path, Line(path))
            line.ever.add(attempt.sent_bytes, calls)
            line.now.add(attempt.sent_bytes, anew)
            line.outcomes[attempt.outcome] += calls
    return [found[path] for path in sorted(found)]


def received(calls: Iterable[Call], actions: Mapping[str, str]) -> Log:
    """Rekognition's log summed up by operation, way and region; `actions` maps its names to ours."""
    sums: defaultdict[tuple[str, str, str], Sum] = defaultdict(Sum)
    for call in calls:
        sums[actions.get(call.operation, call.operation), call.mode, call.region].add(call.bytes)
    return dict(sums)


def differences(told: Iterable[Line], log: Log) -> list[str]:
    """Where ledger and log do not agree, in words; empty when every call and every byte is accounted for."""
    sent: dict[tuple[str, str, str], Sum] = defaultdict(Sum)
    for line in told:
        total = sent[line.path.place]
        total.calls += line.now.calls
        total.bytes += line.now.bytes
    return [
        f"{' '.join(place)}: the ledger has {_words(ours)}, Rekognition's log {_words(theirs)}"
        for place in sorted({*sent, *log})
        if (ours := sent.get(place, Sum())) != (theirs := log.get(place, Sum()))
    ]


def paid_again(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[str]:
    """Results that were there and were asked for once more, or were answered twice."""
    return sorted(
        result
        for result, entry in after.items()
        if entry.answered > 1 or (before.get(result, Entry()).answered and _calls(entry) > _calls(before[result]))
    )


def _counted(before: Entry, after: Entry) -> Iterator[tuple[Attempted, int, int]]:
    """Each attempt with how often it was made ever, and since `before`."""
    for number, attempt in enumerate(after.attempts):
        yield attempt, 1, int(number >= len(before.attempts))
    if after.last_unpaid:
        yield after.last_unpaid, after.unpaid, after.unpaid - before.unpaid


def _calls(entry: Entry) -> int:
    return len(entry.attempts) + entry.unpaid


def _words(total: Sum) -> str:
    return f"{total.calls} calls with {total.bytes:,} bytes"
