"""Enqueue a run's pending operations, each by its transfer. Repeating is safe: a claim makes the call once."""

from collections.abc import Collection

from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.ports import PreparedImageStore, StagingStore, WorkQueue


def enqueue_pending(
    run: Run,
    operations: Operations,
    prepared_images: PreparedImageStore,
    staging: StagingStore,
    work_queue: WorkQueue,
    existing_copies: Collection[str] = (),
) -> None:
    """Send bytes work to its queues; stage copies, whose arrival sends their work.

    Work for a copy in `existing_copies` is sent at once, because no arrival will be announced for it.
    """
    pending = sorted(run.pending & operations.keys())
    work_queue.send(run.make_work(name) for name in pending if operations[name].transfer == "bytes")
    for staged_key, readers in run.list_needed_copies(operations).items():
        exists = staged_key in existing_copies
        if exists or not stage_copy(staged_key, run.prepared_keys[readers[0]], prepared_images, staging):
            work_queue.send(run.make_work(name) for name in readers)


def stage_copy(staged_key: str, prepared_key: str, prepared_images: PreparedImageStore, staging: StagingStore) -> bool:
    """Stage a copy; False when the prepared image has expired: ANALYZE then ends the work with that reason."""
    try:
        body = prepared_images.get(prepared_key)
    except Gone:
        return False
    staging.put(staged_key, body)
    return True
