"""Event source mappings of queues in a real LocalStack."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.localstack.running import LocalStack, stat, wait_for

# Notes in a folder that it began and, when it ends, from when to when it ran.
NOTING = """
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
        first = not Path(os.environ["NOTES"], "seen").exists()
        Path(os.environ["NOTES"], "seen" if first else "again").touch()
        if first: FAILURE
"""


@pytest.fixture(autouse=True)
def no_mapping_stays(localstack: LocalStack) -> Iterator[None]:
    """What one test has sent is not to be handled, at the cost of the processor, during the next."""
    yield
    functions = localstack.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        # LocalStack never forgets one that was deleted after it was disabled.
        if mapping["State"] != "Deleting":
            functions.delete_event_source_mapping(UUID=mapping["UUID"])


def mapped(
    localstack: LocalStack,
    notes: Path,
    source: str = NOTING,
    *,
    takes_s: float = 0,
    hidden_s: int = 30,
    maximum: int | None = None,
) -> str:
    """A queue whose messages, one at a time, go to the function; gives its URL."""
    sqs, name = localstack.client("sqs"), f"q-{uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(hidden_s)})["QueueUrl"]
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
    return str(url)


def sent(localstack: LocalStack, url: str, count: int) -> None:
    entries = [{"Id": str(number), "MessageBody": json.dumps(number)} for number in range(count)]
    localstack.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def noted(notes: Path, what: str) -> int:
    return len(list(notes.glob(f"*.{what}")))


def most_at_a_time(notes: Path) -> int:
    spans = [tuple(map(float, note.read_text().split())) for note in notes.glob("*.ended")]
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)


def cpu_s(localstack: LocalStack) -> float:
    """The processor time that LocalStack has taken so far."""
    fields = stat(localstack.process.pid)
    assert fields is not None
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("maximum", [2, 4])
def test_as_many_batches_as_the_maximum_concurrency_run_at_a_time(
    localstack: LocalStack, tmp_path: Path, maximum: int
) -> None:
    # Longer than a busy machine needs to start one more process.
    url = mapped(localstack, tmp_path, takes_s=3, maximum=maximum)
    sent(localstack, url, 10)
    assert wait_for(lambda: noted(tmp_path, "ended") == 10, 60)
    assert most_at_a_time(tmp_path) == maximum


def test_no_message_is_received_while_all_lanes_are_busy(localstack: LocalStack, tmp_path: Path) -> None:
    url = mapped(localstack, tmp_path, takes_s=8, maximum=2)
    sent(localstack, url, 6)
    assert wait_for(lambda: noted(tmp_path, "began") == 2, 30)
    time.sleep(2)
    hidden = "ApproximateNumberOfMessagesNotVisible"
    told = localstack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[hidden])["Attributes"]
    assert (told[hidden], noted(tmp_path, "ended")) == ("2", 0)


def test_a_message_to_an_idle_mapping_is_handled_at_once(localstack: LocalStack, tmp_path: Path) -> None:
    url = mapped(localstack, tmp_path)
    sent(localstack, url, 1)
    assert wait_for(lambda: noted(tmp_path, "ended") == 1, 30)
    # By then LocalStack itself would sleep for up to ten seconds between two looks.
    time.sleep(8)
    sent(localstack, url, 1)
    assert wait_for(lambda: noted(tmp_path, "ended") == 2, 2)


def test_an_idle_mapping_costs_next_to_nothing(localstack: LocalStack, tmp_path: Path) -> None:
    url = mapped(localstack, tmp_path)
    sent(localstack, url, 1)
    assert wait_for(lambda: noted(tmp_path, "ended") == 1, 30)
    time.sleep(1)
    before = cpu_s(localstack)
    time.sleep(5)
    # It waits two seconds for a message; asking without waiting would take a whole core.
    assert cpu_s(localstack) - before < 0.75


def test_a_mapping_that_says_disabled_receives_no_more(localstack: LocalStack, tmp_path: Path) -> None:
    url, functions = mapped(localstack, tmp_path), localstack.client("lambda")
    sent(localstack, url, 1)
    assert wait_for(lambda: noted(tmp_path, "ended") == 1, 30)
    queue = url.rpartition("/")[2]
    (mapping,) = (
        found["UUID"]
        for found in functions.list_event_source_mappings()["EventSourceMappings"]
        if found["EventSourceArn"].endswith(queue)
    )
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    assert wait_for(lambda: functions.get_event_source_mapping(UUID=mapping)["State"] == "Disabled", 10)
    sent(localstack, url, 1)
    # Longer than a receive takes.
    assert not wait_for(lambda: noted(tmp_path, "ended") > 1, 4)


@pytest.mark.parametrize("failure", ["raise ValueError", "os._exit(1)", "return {'batchItemFailures': [FAILED]}"])
def test_a_message_whose_batch_failed_comes_again(localstack: LocalStack, tmp_path: Path, failure: str) -> None:
    told = failure.replace("FAILED", "{'itemIdentifier': event['Records'][0]['messageId']}")
    url = mapped(localstack, tmp_path, FAILING_ONCE.replace("FAILURE", told), hidden_s=2)
    sent(localstack, url, 1)
    assert wait_for((tmp_path / "again").exists, 30)
