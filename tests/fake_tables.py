"""The library and the ledger in memory, with the conditions that DynamoDB's tables keep."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rekbridge_lambda.domain.claims import MOST_ATTEMPTS, Attempt, Claim, Outcome
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, UnreadableMessage
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload


@dataclass
class FakeLibrary:
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    all_runs: dict[str, Run] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    labelled: set[tuple[str, str, str]] = field(default_factory=set)
    begun: Counter[tuple[str, str]] = field(default_factory=Counter)

    def counts(self, owner: str) -> dict[str, int]:
        return Counter(label for of, label, _ in self.labelled if of == owner)

    def source(self, upload: Upload) -> Source | None:
        return self.sources.get((upload.key, upload.version))

    def readings(self, upload: Upload, more: int) -> int:
        self.begun[upload.key, upload.version] += more
        return self.begun[upload.key, upload.version]

    def refuse(self, source: Source) -> None:
        known = self.source(source.upload)
        if known is None or known.image is None:
            self.sources[source.upload.key, source.upload.version] = source

    def admit(self, source: Source, image: Image, run: Run) -> Run:
        self.sources[source.upload.key, source.upload.version] = source
        self.images.setdefault(image.id, image)
        for operation, why in run.refused.items():
            failed = Result.without_answer(operation, why.code, str(why), run.due_at)
            self.keep((image.id, operation), failed)
        known = self.all_runs.setdefault(run.id, replace(run, refused={}))
        if known.ended:
            self.closed.discard(run.id)
            again = replace(known, pending=known.pending | known.ended, ended=frozenset(), due_at=run.due_at)
            self.all_runs[run.id] = again
        return self.all_runs[run.id]

    def run(self, run: str) -> Run | None:
        return self.all_runs.get(run)

    def runs(self, runs: Iterable[str]) -> dict[str, Run]:
        return {run: self.all_runs[run] for run in runs if run in self.all_runs}

    def record(self, answered: Answered, result: Result, labels: list[str], seen: list[str], at: int) -> Run:
        run = self.all_runs.get(answered.run)
        if run is None:
            raise UnreadableMessage(f"no run {answered.run} in this library")
        self.labelled |= {(answered.owner, label, answered.image) for label in labels}
        self.keep((answered.image, answered.operation), result)
        ended = run.ended - {answered.operation} if answered.result else run.ended | {answered.operation}
        self.all_runs[run.id] = replace(run, pending=run.pending - {answered.operation}, ended=ended)
        return self.all_runs[run.id]

    def keep(self, key: tuple[str, str], result: Result) -> None:
        known = self.results.get(key)
        later = known is not None and not result.code and known.asked_at < result.asked_at
        if known is None or known.code or later:
            self.results[key] = result

    def close(self, run: Run) -> None:
        if not self.all_runs[run.id].pending:
            self.closed.add(run.id)

    def due(self, at: int, most: int) -> list[Run]:
        waiting = [run for run in self.all_runs.values() if run.id not in self.closed and run.due_at < at]
        return sorted(waiting, key=lambda run: run.due_at)[:most]

    def postpone(self, run: Run, until: int) -> None:
        if run.id not in self.closed:
            self.all_runs[run.id] = replace(self.all_runs[run.id], due_at=until, sweeps=run.sweeps + 1)


@dataclass
class Lease:
    """One result's row in the ledger."""

    until: int | None = None
    attempts: list[tuple[Attempt, str | None, str]] = field(default_factory=list)
    unpaid: int = 0


class FakeLedger(dict[str, Lease]):
    def claim(self, result: str, attempt: Attempt, until: int) -> Claim:
        lease = self.setdefault(result, Lease())
        if lease.until is not None and lease.until >= attempt.at:
            raise ClaimHeld("another worker is at this result", (lease.until - attempt.at) / 1000 + 1)
        if len(lease.attempts) >= MOST_ATTEMPTS:
            tried = [detail or "stopped before an answer" for _, _, detail in lease.attempts]
            raise OutOfAttempts(f"{len(tried)} attempts: {'; '.join(tried)}")
        lease.until = until
        lease.attempts.append((attempt, None, ""))
        return Claim(result, attempt, len(lease.attempts) - 1, until)

    def settle(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        lease, ended = self[claim.result], (claim.attempt, outcome, detail)
        if lease.until != claim.until:
            if lease.attempts[claim.number][:2] == (claim.attempt, None):
                lease.attempts[claim.number] = ended
            return
        lease.until = None
        if outcome == "unpaid":
            del lease.attempts[claim.number]
            lease.unpaid += 1
        else:
            lease.attempts[claim.number] = ended

    def release(self, claim: Claim) -> None:
        lease = self[claim.result]
        if lease.until == claim.until:
            lease.until = None
            del lease.attempts[claim.number]
