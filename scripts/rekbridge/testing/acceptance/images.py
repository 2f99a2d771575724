"""Ten images by each transfer: all settled, paid for once, in allowed regions, and nothing left abroad."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from rekbridge.read_models.claims import ClaimRecord
from rekbridge.read_models.uploads import UploadStatus
from rekbridge.testing import reconciliation
from rekbridge.testing.acceptance.outcomes import StepFailed, StepNotTried
from rekbridge.testing.acceptance.trial import AcceptanceTrial, Sample
from rekbridge.testing.waiting import wait_until

IMAGES = 10
LOOK_INTO_LOGS = "Look at the errors of INGEST, ANALYZE and ROUTE, and at the dead-letter queues."


def check_transfer(trial: AcceptanceTrial, transfer: str, show: Callable[[str], None]) -> str:
    """Upload ten images and check what becomes of them in the operations with this transfer. Returns what was seen."""
    operations = {name: row for name, row in trial.operations.items() if row["transfer"] == transfer}
    if not operations:
        raise StepNotTried(f"no operation of this deployment has the transfer {transfer}")
    known = {call.id for call in trial.list_calls()}
    show(f"{IMAGES} images")
    samples = trial.upload_samples(transfer, IMAGES)
    statuses = wait_until_settled(trial, samples, show)
    require_done(statuses, trial.operations)
    for status in statuses:
        for name, row in operations.items():
            result = status.results[name]
            if result.transfer != transfer or result.region not in row["regions"]:
                expected = f"{name} by {transfer} in {', '.join(row['regions'])}"
                raise StepFailed(expected, f"by {result.transfer} in {result.region}", "This is a defect: report it.")
    calls = require_paid_once(trial, statuses, known)
    if transfer == "staged":
        show("waiting until the staging bucket is empty")
        require_empty_staging(trial)
    trial.analysed += samples
    staging = "; the staging bucket is empty" if transfer == "staged" else ""
    return f"{len(statuses)} images, {format_times(statuses, operations)}; {calls}{staging}"


def wait_until_settled(
    trial: AcceptanceTrial,
    samples: Sequence[Sample],
    show: Callable[[str], None],
    except_for: frozenset[str] = frozenset(),
    timeout_s: float | None = None,
) -> list[UploadStatus]:
    """Wait until all operations of all images have ended, except for those named. Raises StepFailed."""
    limit = timeout_s or trial.timing.settle_s

    def load_settled() -> list[UploadStatus]:
        statuses = trial.load_statuses(samples)
        settled = [one for one in statuses if one.is_settled or (one.run and one.run.pending <= except_for)]
        show(f"{len(settled)} of {len(samples)} images are settled")
        return statuses if len(settled) == len(samples) else []

    try:
        return wait_until(load_settled, "all images are settled", limit, interval_s=0.5)
    except TimeoutError as error:
        pending = [one for one in trial.load_statuses(samples) if not one.is_settled]
        names = sorted({name for one in pending if one.run for name in one.run.pending}) or ["INGEST"]
        raise StepFailed(
            f"{len(samples)} images are settled within {limit:.0f} s",
            f"{len(pending)} are not, and wait for {', '.join(names)}",
            LOOK_INTO_LOGS,
        ) from error


def require_done(statuses: Iterable[UploadStatus], operations: Iterable[str]) -> None:
    """Raise StepFailed unless every operation has a response of Rekognition, even if it found nothing."""
    names = set(operations)
    for status in statuses:
        if status.code:
            raise StepFailed("every image is accepted", f"{status.code}: {status.reason}", LOOK_INTO_LOGS)
        failed = [f"{one.operation}: {one.code}: {one.reason}" for one in status.results.values() if one.code]
        failed += [f"{name}: no result" for name in sorted(names - status.results.keys())]
        if failed:
            raise StepFailed("every operation has a result", "; ".join(failed), LOOK_INTO_LOGS)


def require_paid_once(trial: AcceptanceTrial, statuses: Sequence[UploadStatus], known: set[str]) -> str:
    """Check the claims table, and Rekognition's log where there is one, less its `known` calls. Returns what it shows.

    Raises StepFailed where a result was paid for twice, or where claims table and log differ.
    """
    claims = trial.load_claims(statuses)
    results = sum(len(status.results) for status in statuses)
    paid = sum(claim.done_count for claim in claims.values())
    if paid != results or any(claim.done_count != 1 for claim in claims.values()):
        seen = f"{paid} paid calls, at most {max((claim.done_count for claim in claims.values()), default=0)} for one"
        raise StepFailed(f"one paid call for each of {results} results", seen, "This is a defect: report it.")
    unpaid = count_attempts(claims.values()) - paid
    calls = f"{paid} paid calls for {results} results{f', and {unpaid} that failed,' if unpaid else ''}"
    if trial.rekognition is None:
        return f"{calls} in the claims table"
    log = reconciliation.sum_calls(
        (call for call in trial.list_calls() if call.id not in known), trial.deployment.actions
    )
    if differences := reconciliation.find_differences(reconciliation.sum_claims({}, claims), log):
        raise StepFailed(
            "claims table and Rekognition's log agree",
            "; ".join(differences),
            "Does anybody else use this local cloud? If not, this is a defect: report it.",
        )
    return f"{calls} in the claims table, and the same calls in Rekognition's log"


def require_empty_staging(trial: AcceptanceTrial) -> None:
    """Wait until no staged copy is left. Raises StepFailed."""
    deployed = trial.deployment
    s3, bucket = deployed.client("s3", deployed.remote), deployed.get_bucket("staging")

    def count_copies() -> int:
        return int(s3.list_objects_v2(Bucket=bucket)["KeyCount"])

    try:
        wait_until(lambda: count_copies() == 0, "the staging bucket is empty", trial.timing.settle_s, interval_s=0.5)
    except TimeoutError as error:
        advice = "Look at the errors of ROUTE. SWEEP deletes what is left, some 20 minutes later."
        raise StepFailed("no staged copy is left", f"{count_copies()} are left", advice) from error


def count_attempts(claims: Iterable[ClaimRecord]) -> int:
    """The number of calls for these results, paid or not."""
    return sum(len(claim.attempts) + claim.unpaid for claim in claims)


def format_times(statuses: Iterable[UploadStatus], operations: Iterable[str]) -> str:
    """Format median and maximum of the time from an upload to its last stored result, in seconds."""
    names = list(operations)
    times = [(max(status.results[name].routed_at for name in names) - status.uploaded_at) / 1000 for status in statuses]
    return f"upload to result p50 {median(times):.1f} s, max {max(times):.1f} s"
