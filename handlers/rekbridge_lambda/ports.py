"""What the flows need from the outside world. Adapters live in handlers/adapters, fakes in tests/fakes.py."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from rekbridge_lambda.domain.claims import Attempt, Claim, Outcome
from rekbridge_lambda.domain.messages import Answered, Work
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.upload_requests import Form, Wish
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared
from rekbridge_lambda.rate_limiting.state import Lane, Slot


class Clock(Protocol):
    """Time of day."""

    def __call__(self) -> int:
        """Milliseconds since 1970."""


class Pause(Protocol):
    """Waiting in place."""

    def __call__(self, milliseconds: int) -> None:
        """Come back so much later; at once for nothing or less."""


class Media(Protocol):
    """The originals at home."""

    def find(self, key: str, version: str | None = None) -> Upload:
        """What lies under a key: one version, or the one that is current. Raises Gone."""

    def read(self, upload: Upload, offset: int, length: int) -> bytes:
        """A range of one version's bytes. Raises Gone when that version is no more."""

    def fetch(self, upload: Upload, into: Path) -> str:
        """Stream one version into a file; its SHA-256 in hex. Raises Gone when that version is no more."""


class Preparation(Protocol):
    """Turns a file into what Rekognition takes."""

    def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
        """A JPEG or PNG within the limits and free of metadata. Raises Rejected."""


class UploadForms(Protocol):
    """The way for originals to come home past us."""

    def sign(self, wish: Wish) -> Form:
        """A form that lets its holder put one file to one key for a while."""


class Shelf(Protocol):
    """Prepared images at home."""

    def put(self, key: str, prepared: Prepared) -> None:
        """Keep a prepared variant; the same again changes nothing."""

    def get(self, key: str) -> bytes:
        """The bytes of a variant. Raises Gone when it has expired."""


class Staging(Protocol):
    """Copies in the remote region, for as long as their analysis needs them."""

    def put(self, key: str, body: bytes) -> None:
        """Stage a copy; its arrival is announced over the bridge."""

    def size(self, key: str) -> int | None:
        """How many bytes a copy has; None when it is not there."""

    def delete(self, keys: Iterable[str]) -> None:
        """Take copies away; those already gone are no error."""

    def copies(self) -> Iterator[tuple[str, int]]:
        """Every copy that lies there, with the time it was staged (milliseconds)."""


class Library(Protocol):
    """Images, their sources, their runs and what was found in them."""

    def source(self, upload: Upload) -> Source | None:
        """What is known of this key and version."""

    def readings(self, upload: Upload, more: int) -> int:
        """Add to the count of a source's readings that have not ended; how many there are now."""

    def refuse(self, source: Source) -> None:
        """Keep the reason why a source has no image, unless it got one before."""

    def admit(self, source: Source, image: Image, run: Run) -> Run:
        """Store what of the three is not there yet, all or nothing; the run as it now stands."""

    def run(self, run: str) -> Run | None:
        """One run."""

    def runs(self, runs: Iterable[str]) -> dict[str, Run]:
        """Many runs by their id; unknown ones are left out."""

    def record(self, answered: Answered, result: Result, labels: list[str], seen: list[str], at: int) -> Run:
        """Index labels and count them, store the result, take the operation off its run: each exactly once.

        A failure never takes an answer's place. Raises UnreadableMessage for a run that is not there.
        """

    def close(self, run: Run) -> None:
        """The run is done and its staged copies are gone."""

    def due(self, at: int, most: int) -> list[Run]:
        """Runs not closed whose `due_at` lies before a time (milliseconds)."""

    def postpone(self, run: Run, until: int) -> None:
        """The run was sent again: `due_at` is that time (milliseconds) now, and its sweeps are one more."""


class Results(Protocol):
    """Raw answers at home."""

    def find(self, key: str) -> bool:
        """Whether this question was answered before."""

    def put(self, key: str, result: Result) -> None:
        """Keep the first answer to a question; a later one changes nothing."""

    def get(self, key: str) -> Result:
        """An answer that is there."""


class Ledger(Protocol):
    """Leases on paid calls, and the record of every attempt."""

    def claim(self, result: str, attempt: Attempt, until: int) -> Claim:
        """Lease the right to pay for a result. Raises ClaimHeld while another has it, OutOfAttempts after five."""

    def settle(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        """Write down what came of the attempt and give the lease back; unpaid ones do not count."""

    def release(self, claim: Claim) -> None:
        """Give the lease back as if it had never been: nothing was called."""


class Placement(Protocol):
    """Where and when the next call goes, learned from what became of the ones before."""

    def place(self, planned: Planned) -> Slot:
        """A slot in one of the operation's regions. Raises Throttled with the wait when none is near."""

    def answered(self, slot: Slot) -> None:
        """The region answered, whatever it said."""

    def throttled(self, slot: Slot) -> None:
        """The region said that its quota is used up."""

    def failed(self, slot: Slot) -> None:
        """The region did not answer."""

    def refused(self, slot: Slot) -> None:
        """This account may not call the region."""


class PaceStore(Protocol):
    """One item per operation and region, which all workers change by single conditional writes; times in microseconds.

    Each change tells whether it was made, and the lane as it is now.
    """

    def advance(self, operation: str, region: str, interval: int, low: int, high: int) -> tuple[bool, Lane]:
        """Take the next slot where it lies between two times, and move the lane's time on; never in an open lane."""

    def start(self, operation: str, region: str, tat: int, low: int) -> tuple[bool, Lane]:
        """Set the time of a lane that is new, or whose time lies before `low`; never in an open lane."""

    def cut(self, operation: str, region: str, rate_milli: int, at: int, before: int) -> Lane:
        """Write down a lower rate, unless one was written after `before`."""

    def open(self, operation: str, region: str, until: int, seen: int | None) -> tuple[bool, Lane]:
        """Open the breaker until a time, if it still stands as it was seen (None: closed)."""

    def probe(self, operation: str, region: str, until: int, seen: int) -> tuple[bool, Lane]:
        """Claim the one call that may try an open lane whose time is over; nobody else may before `until`."""

    def close(self, operation: str, region: str) -> Lane:
        """The region is well again."""

    def lanes(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lane]:
        """Lanes by operation and region as they are now; one that was never used is empty."""


class Vision(Protocol):
    """Rekognition, in every region this deployment may call."""

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        """Its answer. Raises RefusedByService, Throttled, RegionRefused, StagedCopyMissing or Unavailable."""


class WorkQueues(Protocol):
    """One queue of work per operation."""

    def send(self, work: Iterable[Work]) -> None:
        """Ask for work. Raises Unavailable unless every message was taken."""

    def depth(self, operation: str) -> int:
        """About how many messages wait in an operation's queue."""


class Answers(Protocol):
    """The way to ROUTE."""

    def send(self, answered: Answered) -> None:
        """Tell ROUTE of an answer. Raises Unavailable unless it was taken."""


class Announcements(Protocol):
    """The event bus that sinks listen to."""

    def announce(self, answered: Answered, result: Result) -> None:
        """Tell of a routed result; may be told again with the same id. Raises Unavailable unless it was taken."""
