"""Describes what went wrong: images without the expected results and their state, and queues that are not empty."""

from collections.abc import Iterable

from rekbridge.demo.uploading import TIMEOUT_S, UploadOutcome
from rekbridge.read_models.deployment import Deployment


def describe_failures(outcomes: Iterable[UploadOutcome]) -> list[str]:
    """Return a line for every image whose outcome is not the expected one."""
    return [f"{outcome.sample.key}: {describe_state(outcome)}" for outcome in outcomes if not outcome.is_as_expected]


def describe_state(outcome: UploadOutcome) -> str:
    """Describe how far an image has come, from its rows in the library."""
    status = outcome.status
    prefix = f"after {TIMEOUT_S:.0f} s " if outcome.timed_out else ""
    copies = f", staged copies left: {len(outcome.staged_copies)}" if outcome.staged_copies else ""
    if status.code:
        return f"refused ({status.code}): {status.reason}"
    if status.image_id is None:
        return f"{prefix}no source row: INGEST has not processed the upload"
    if status.run is None:
        return f"{prefix}image {status.image_id} has no run row"
    if status.run.pending:
        return f"{prefix}run {status.run.id} is pending: {', '.join(sorted(status.run.pending))}{copies}"
    failed = [f"{result.operation}: {result.reason}" for result in status.results.values() if result.code]
    return f"{prefix}run {status.run.id} is done{copies}{'; failed ' if failed else ''}{'; '.join(failed)}"


def describe_queues(deployed: Deployment) -> list[str]:
    """Return a line for every queue and dead-letter queue that is not empty."""
    depths = {queue: deployed.get_queue_depth(queue) for queue in deployed.list_queues()}
    lines = [f"{queue.name} ({queue.region}) holds {depth} messages" for queue, depth in depths.items() if depth]
    return lines or ["All queues and dead-letter queues are empty."]
