"""Library and claims in memory, with the conditions of the DynamoDB tables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rekbridge_lambda.domain.claims import MAX_ATTEMPTS, Attempt, Claim, Outcome
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, Unavailable
from rekbridge_lambda.domain.ids import OwnerId, OwnerKey, ResultKey, RunId, make_owner_key
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload


def get_source_key(upload: Upload) -> tuple[str, str]:
    """A source's key; where versions are overwritten, each content has its own."""
    return upload.key, f"null {upload.etag}".strip() if upload.version == "null" else upload.version


@dataclass
class FakeOwnerKeys:
    """A key per owner, the same in every test; `error` is that of a secret that cannot be read."""

    error: Unavailable | None = None
    made: Counter[OwnerId] = field(default_factory=Counter)
    keys: dict[OwnerId, OwnerKey] = field(default_factory=dict)

    def load_key(self, owner: OwnerId) -> OwnerKey:
        if self.error:
            raise self.error
        if owner not in self.keys:
            self.made[owner] += 1
            self.keys[owner] = make_owner_key(b"a secret", f"{owner} {self.made[owner]}".encode())
        return self.keys[owner]


@dataclass
class FakeLibrary:
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    runs: dict[RunId, Run] = field(default_factory=dict)
    closed_runs: set[str] = field(default_factory=set)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    label_entries: set[tuple[str, str, str]] = field(default_factory=set)
    ingest_attempts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count_labels(self, owner: str) -> dict[str, int]:
        return Counter(label for label_owner, label, _ in self.label_entries if label_owner == owner)

    def find_source(self, upload: Upload) -> Source | None:
        return self.sources.get(get_source_key(upload))

    def add_ingest_attempts(self, upload: Upload, change: int) -> int:
        self.ingest_attempts[upload.key, upload.version] += change
        return self.ingest_attempts[upload.key, upload.version]

    def store_rejection(self, source: Source) -> None:
        stored = self.find_source(source.upload)
        if stored is None or stored.image_id is None or stored.upload.sequencer < source.upload.sequencer:
            self.sources[get_source_key(source.upload)] = source

    def admit_upload(self, source: Source, image: Image, run: Run) -> Run:
        self.sources[get_source_key(source.upload)] = source
        self.images.setdefault(image.id, image)
        for operation, error in run.refused.items():
            failure = Result.create_failure(operation, error.code, str(error), run.due_at)
            self.store_result_row((image.id, operation), failure)
        stored = self.runs.setdefault(run.id, replace(run, refused={}))
        if stored.unanswered:
            self.closed_runs.discard(run.id)
            reopened = replace(
                stored, pending=stored.pending | stored.unanswered, unanswered=frozenset(), due_at=run.due_at
            )
            self.runs[run.id] = reopened
        return self.runs[run.id]

    def find_run(self, run_id: RunId) -> Run | None:
        return self.runs.get(run_id)

    def find_runs(self, run_ids: Iterable[RunId]) -> dict[RunId, Run]:
        return {run_id: self.runs[run_id] for run_id in run_ids if run_id in self.runs}

    def store_result(
        self, run: Run, finished: AnalysisFinished, result: Result, labels: list[str], summary: list[str], at: int
    ) -> Run:
        run = self.runs[run.id]
        self.label_entries |= {(run.owner, label, run.image_id) for label in labels}
        self.store_result_row((run.image_id, finished.operation), result)
        unanswered = (
            run.unanswered - {finished.operation} if finished.result_key else run.unanswered | {finished.operation}
        )
        self.runs[run.id] = replace(run, pending=run.pending - {finished.operation}, unanswered=unanswered)
        return self.runs[run.id]

    def store_result_row(self, key: tuple[str, str], result: Result) -> None:
        stored = self.results.get(key)
        is_newer = stored is not None and not result.code and stored.called_at < result.called_at
        if stored is None or stored.code or is_newer:
            self.results[key] = result

    def close_run(self, run: Run) -> None:
        if not self.runs[run.id].pending:
            self.closed_runs.add(run.id)

    def find_due_runs(self, at: int, limit: int) -> list[Run]:
        waiting = [run for run in self.runs.values() if run.id not in self.closed_runs and run.due_at < at]
        return sorted(waiting, key=lambda run: run.due_at)[:limit]

    def find_requeued_runs(self, due_from: int, limit: int) -> list[Run]:
        open_runs = [run for run in self.runs.values() if run.id not in self.closed_runs and run.due_at >= due_from]
        latest = sorted(open_runs, key=lambda run: run.due_at, reverse=True)[:limit]
        return [run for run in latest if run.sweeps]

    def postpone_run(self, run: Run, until: int) -> None:
        if run.id not in self.closed_runs:
            self.runs[run.id] = replace(self.runs[run.id], due_at=until, sweeps=run.sweeps + 1)


@dataclass
class FakeClaimRow:
    """The claim row of one result. An attempt has an outcome (None while it runs) and a detail."""

    lease_until: int | None = None
    attempts: list[tuple[Attempt, str | None, str]] = field(default_factory=list)
    unpaid: int = 0


class FakeClaimStore(dict[str, FakeClaimRow]):
    def claim(self, result_key: ResultKey, attempt: Attempt, lease_until: int) -> Claim:
        row = self.setdefault(result_key, FakeClaimRow())
        if row.lease_until is not None and row.lease_until >= attempt.at:
            raise ClaimHeld("another worker holds the lease for this result", (row.lease_until - attempt.at) / 1000 + 1)
        if len(row.attempts) >= MAX_ATTEMPTS:
            details = [detail or "stopped before an answer" for _, _, detail in row.attempts]
            raise OutOfAttempts(f"{len(details)} attempts: {'; '.join(details)}")
        row.lease_until = lease_until
        row.attempts.append((attempt, None, ""))
        return Claim(result_key, attempt, len(row.attempts) - 1, lease_until)

    def complete(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        row, completed = self[claim.result_key], (claim.attempt, outcome, detail)
        if row.lease_until != claim.lease_until:
            if row.attempts[claim.attempt_index][:2] == (claim.attempt, None):
                row.attempts[claim.attempt_index] = completed
            return
        row.lease_until = None
        if outcome == "unpaid":
            del row.attempts[claim.attempt_index]
            row.unpaid += 1
        else:
            row.attempts[claim.attempt_index] = completed

    def release(self, claim: Claim) -> None:
        row = self[claim.result_key]
        if row.lease_until == claim.lease_until:
            row.lease_until = None
            del row.attempts[claim.attempt_index]
