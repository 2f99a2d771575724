"""Event source mappings of queues in a real LocalStack."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.localstack.localstack_process import LocalStack, read_stat, wait_for

# Writes a file when it starts and, when it ends, one with its start and end times.
RECORDING = """
    import os, time
    from pathlib import Path
    def handler(event, context):
        note = Path(os.environ["NOTES"], context.aws_request_id)
        began = time.time()
        note.with_suffix(".began").touch()
        time.sleep(float(os.environ["TAKES_S"]))
        note.write_text(f"{began} {time.time()}")
        note.rename(note.with_suffix(".ended"))
"""
FAILING_ONCE = """
    import os
    from pathlib import Path
    def handler(event, context):
        first = not Path(os.environ["NOTES"], "failed").exists()
        Path(os.environ["NOTES"], "failed" if first else "again").touch()
        if first: FAILURE
"""


@pytest.fixture(autouse=True)
def delete_mappings(localstack: LocalStack) -> Iterator[None]:
    """The messages of one test must not use the processor during the next."""
    yield
    functions = localstack.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if mapping["State"] != "Deleting":
            functions.delete_event_source_mapping(UUID=mapping["UUID"])


def create_mapped_queue(
    localstack: LocalStack,
    notes: Path,
    source: str = RECORDING,
    *,
    takes_s: float = 0,
    visibility_timeout_s: int = 30,
    maximum: int | None = None,
) -> str:
    """Creates a queue whose messages invoke a function, one message per batch. Returns the queue's URL."""
    sqs, name = localstack.client("sqs"), f"q-{uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(visibility_timeout_s)})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    variables = {"NOTES": str(notes), "TAKES_S": str(takes_s)}
    function = localstack.create_function(source, Timeout=10, Environment={"Variables": variables})
    scaling = {"ScalingConfig": {"MaximumConcurrency": maximum}} if maximum else {}
    localstack.client("lambda").create_event_source_mapping(
        FunctionName=function,
        EventSourceArn=arn,
        BatchSize=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        **scaling,
    )
    return str(url)


def send_messages(localstack: LocalStack, url: str, count: int) -> None:
    entries = [{"Id": str(number), "MessageBody": json.dumps(number)} for number in range(count)]
    localstack.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def count_notes(notes: Path, what: str) -> int:
    return len(list(notes.glob(f"*.{what}")))


def find_max_concurrency(notes: Path) -> int:
    spans = [tuple(map(float, note.read_text().split())) for note in notes.glob("*.ended")]
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)


def read_cpu_seconds(localstack: LocalStack) -> float:
    """The processor time that LocalStack has used so far."""
    fields = read_stat(localstack.process.pid)
    assert fields is not None
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("maximum", [2, 4])
def test_the_maximum_concurrency_of_batches_is_reached_and_not_exceeded(
    localstack: LocalStack, tmp_path: Path, maximum: int
) -> None:
    # Longer than a busy machine needs to start another process.
    url = create_mapped_queue(localstack, tmp_path, takes_s=3, maximum=maximum)
    send_messages(localstack, url, 10)
    assert wait_for(lambda: count_notes(tmp_path, "ended") == 10, 60)
    assert find_max_concurrency(tmp_path) == maximum


def test_no_message_is_received_while_the_maximum_of_batches_is_in_progress(
    localstack: LocalStack, tmp_path: Path
) -> None:
    url = create_mapped_queue(localstack, tmp_path, takes_s=8, maximum=2)
    send_messages(localstack, url, 6)
    assert wait_for(lambda: count_notes(tmp_path, "began") == 2, 30)
    time.sleep(2)
    attribute = "ApproximateNumberOfMessagesNotVisible"
    attributes = localstack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"]
    assert (attributes[attribute], count_notes(tmp_path, "ended")) == ("2", 0)


def test_a_message_to_an_idle_mapping_is_handled_at_once(localstack: LocalStack, tmp_path: Path) -> None:
    url = create_mapped_queue(localstack, tmp_path)
    send_messages(localstack, url, 1)
    assert wait_for(lambda: count_notes(tmp_path, "ended") == 1, 30)
    # Without our poller LocalStack would by now sleep for up to ten seconds between two receives.
    time.sleep(8)
    send_messages(localstack, url, 1)
    assert wait_for(lambda: count_notes(tmp_path, "ended") == 2, 2)


def test_an_idle_mapping_uses_little_processor_time(localstack: LocalStack, tmp_path: Path) -> None:
    url = create_mapped_queue(localstack, tmp_path)
    send_messages(localstack, url, 1)
    assert wait_for(lambda: count_notes(tmp_path, "ended") == 1, 30)
    time.sleep(1)
    before = read_cpu_seconds(localstack)
    time.sleep(5)
    # It uses long polling of two seconds; polling without waiting would use a whole core.
    assert read_cpu_seconds(localstack) - before < 0.75


def test_a_mapping_in_state_disabled_receives_nothing(localstack: LocalStack, tmp_path: Path) -> None:
    url, functions = create_mapped_queue(localstack, tmp_path), localstack.client("lambda")
    send_messages(localstack, url, 1)
    assert wait_for(lambda: count_notes(tmp_path, "ended") == 1, 30)
    queue = url.rpartition("/")[2]
    (mapping_id,) = (
        mapping["UUID"]
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if mapping["EventSourceArn"].endswith(queue)
    )
    functions.update_event_source_mapping(UUID=mapping_id, Enabled=False)
    assert wait_for(lambda: functions.get_event_source_mapping(UUID=mapping_id)["State"] == "Disabled", 10)
    send_messages(localstack, url, 1)
    # Longer than one receive.
    assert not wait_for(lambda: count_notes(tmp_path, "ended") > 1, 4)


def test_a_mapping_that_was_disabled_and_deleted_is_not_listed(localstack: LocalStack, tmp_path: Path) -> None:
    create_mapped_queue(localstack, tmp_path)
    functions = localstack.client("lambda")
    uuid = next(
        mapping["UUID"]
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if mapping["State"] != "Deleting"
    )
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    assert wait_for(lambda: functions.get_event_source_mapping(UUID=uuid)["State"] == "Disabled", 10)
    functions.delete_event_source_mapping(UUID=uuid)
    assert uuid not in {one["UUID"] for one in functions.list_event_source_mappings()["EventSourceMappings"]}


@pytest.mark.parametrize("failure", ["raise ValueError", "os._exit(1)", "return {'batchItemFailures': [FAILED]}"])
def test_a_message_whose_batch_failed_is_delivered_again(localstack: LocalStack, tmp_path: Path, failure: str) -> None:
    statement = failure.replace("FAILED", "{'itemIdentifier': event['Records'][0]['messageId']}")
    url = create_mapped_queue(localstack, tmp_path, FAILING_ONCE.replace("FAILURE", statement), visibility_timeout_s=2)
    send_messages(localstack, url, 1)
    assert wait_for((tmp_path / "again").exists, 30)
