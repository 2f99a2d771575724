"""Event source mappings of queues in a real LocalStack."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.localstack.running import LocalStack, wait_for

# Notes in a folder when it began and when it ended.
NOTING = """
    import os, time
    from pathlib import Path
    def handler(event, context):
        began = time.time()
        time.sleep(float(os.environ["TAKES_S"]))
        for record in event["Records"]:
            Path(os.environ["NOTES"], record["messageId"] + context.aws_request_id).write_text(f"{began} {time.time()}")
"""
FAILING_ONCE = """
    import os
    from pathlib import Path
    def handler(event, context):
        first = not Path(os.environ["NOTES"], "seen").exists()
        Path(os.environ["NOTES"], "seen" if first else "again").touch()
        if first: FAILURE
"""


def mapped(localstack: LocalStack, notes: Path, source: str, *, takes_s: float = 0, maximum: int | None = None) -> Any:
    """A queue whose messages, one at a time, go to the function; gives its URL."""
    sqs, name = localstack.client("sqs"), f"q-{uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "3"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    variables = {"NOTES": str(notes), "TAKES_S": str(takes_s)}
    function = localstack.function(source, Timeout=10, Environment={"Variables": variables})
    scaling = {"ScalingConfig": {"MaximumConcurrency": maximum}} if maximum else {}
    localstack.client("lambda").create_event_source_mapping(
        FunctionName=function,
        EventSourceArn=arn,
        BatchSize=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        **scaling,
    )
    return url


def sent(localstack: LocalStack, url: str, count: int) -> None:
    entries = [{"Id": str(number), "MessageBody": json.dumps(number)} for number in range(count)]
    localstack.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def most_at_a_time(notes: Path) -> int:
    spans = [tuple(map(float, note.read_text().split())) for note in notes.iterdir()]
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)


@pytest.mark.parametrize("maximum", [2, 4])
def test_as_many_batches_as_the_maximum_concurrency_run_at_a_time(
    localstack: LocalStack, tmp_path: Path, maximum: int
) -> None:
    url = mapped(localstack, tmp_path, NOTING, takes_s=1.5, maximum=maximum)
    sent(localstack, url, 10)
    assert wait_for(lambda: len(list(tmp_path.iterdir())) == 10, 60)
    assert most_at_a_time(tmp_path) == maximum


def test_no_message_is_received_while_all_lanes_are_busy(localstack: LocalStack, tmp_path: Path) -> None:
    url = mapped(localstack, tmp_path, NOTING, takes_s=2.5, maximum=2)
    sent(localstack, url, 6)
    assert wait_for(lambda: len(list(tmp_path.iterdir())) >= 6, 60)
    time.sleep(3.5)  # received too early, one would be hidden for less than it waits, and come twice
    assert len(list(tmp_path.iterdir())) == 6


def test_a_message_to_an_idle_mapping_is_handled_at_once(localstack: LocalStack, tmp_path: Path) -> None:
    url = mapped(localstack, tmp_path, NOTING)
    sent(localstack, url, 1)
    assert wait_for(lambda: len(list(tmp_path.iterdir())) == 1, 30)
    time.sleep(6)
    sent(localstack, url, 1)
    # LocalStack itself would sleep for up to ten seconds between two looks by now.
    assert wait_for(lambda: len(list(tmp_path.iterdir())) == 2, 2)


@pytest.mark.parametrize(
    "failure",
    [
        "raise ValueError",
        "os._exit(1)",
        'return {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}',
    ],
)
def test_a_message_whose_batch_failed_comes_again(localstack: LocalStack, tmp_path: Path, failure: str) -> None:
    url = mapped(localstack, tmp_path, FAILING_ONCE.replace("FAILURE", failure), maximum=2)
    sent(localstack, url, 1)
    assert wait_for((tmp_path / "again").exists, 30)
