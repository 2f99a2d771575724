"""An upload that is repeated, and messages that are delivered again, pay nothing."""

import time
from collections.abc import Callable

from rekbridge.read_models.uploads import UploadStatus
from rekbridge.read_models.work_messages import encode_work
from rekbridge.testing.acceptance.images import count_attempts, wait_until_settled
from rekbridge.testing.acceptance.outcomes import StepFailed, StepNotTried
from rekbridge.testing.acceptance.trial import AcceptanceTrial
from rekbridge.testing.waiting import wait_until


def check_duplicates(trial: AcceptanceTrial, show: Callable[[str], None]) -> str:
    """Repeat one upload and its messages, and check that no call is made for it. Returns what was seen."""
    if not trial.analysed:
        raise StepNotTried("no image was analysed before")
    original = trial.analysed[0]
    [status] = trial.load_statuses([original])
    attempts, calls = count_attempts(trial.load_claims([status]).values()), len(trial.list_calls())

    show("the same image again, under its key and under another one")
    key = original.version.key
    again = [trial.upload(key, original.body), trial.upload(f"{key.removesuffix('.png')}-copy.png", original.body)]
    repeated = wait_until_settled(trial, again, show)
    if {one.image_id for one in repeated} != {status.image_id}:
        raise StepFailed("the same image", "another image id", "This is a defect: report it.")
    messages = send_work_again(trial, status)
    show(f"{messages} messages again")
    wait_until_quiet(trial)

    new = count_attempts(trial.load_claims([status]).values()) - attempts, len(trial.list_calls()) - calls
    if any(new):
        seen = f"{new[0]} in the claims table, {new[1]} in Rekognition's log"
        raise StepFailed("no more calls", seen, "This is a defect: report it.")
    return f"{len(again)} uploads and {messages} messages repeated: no call"


def send_work_again(trial: AcceptanceTrial, status: UploadStatus) -> int:
    """Send the message of each operation of an upload once more. Returns their number."""
    assert status.run is not None
    sqs, queues = trial.deployment.client("sqs", trial.deployment.home), trial.deployment.outputs["queues"]["work"]
    for operation in trial.operations:
        body = encode_work(status.run, operation)
        sqs.send_message(QueueUrl=queues[operation]["url"], MessageBody=body)
    return len(trial.operations)


def wait_until_quiet(trial: AcceptanceTrial) -> None:
    """Wait until no queue has a message, and then for the quiet time. Raises StepFailed."""

    def list_depths() -> dict[str, int]:
        depths = {queue.name: trial.deployment.get_queue_depth(queue) for queue in trial.deployment.list_queues()}
        return {name: depth for name, depth in depths.items() if depth}

    try:
        wait_until(lambda: not list_depths(), "all queues are empty", trial.timing.settle_s, interval_s=0.5)
    except TimeoutError as error:
        seen = ", ".join(f"{name} has {depth}" for name, depth in list_depths().items()) or "empty a moment later"
        advice = "A message in a dead-letter queue says what went wrong: docs/operations.md."
        raise StepFailed("every queue and dead-letter queue is empty", seen, advice) from error
    time.sleep(trial.timing.quiet_s)
