"""LocalStack itself as we start it: where it listens, what it refuses, and that it ends whole."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from rekbridge.emulator import ports

from tests.localstack.running import (
    LocalStack,
    dynamodb_port,
    end,
    launched,
    listening,
    offspring,
    started,
    still_there,
    wait_for,
)

SLEEP = "import os, time\ndef handler(event, context): time.sleep(event); return os.getpid()"


@pytest.fixture
def own(installed: None, tmp_path: Path) -> Iterator[LocalStack]:
    with started(tmp_path) as running:
        yield running


def children_of_a_busy_one(localstack: LocalStack) -> set[int]:
    """An idle function's process, a busy one's, and DynamoDB."""
    localstack.client("dynamodb").list_tables()
    slow = localstack.function(SLEEP, Timeout=60)
    ThreadPoolExecutor(1).submit(localstack.client("lambda").invoke, FunctionName=slow, Payload="50")
    assert localstack.invoke(localstack.function(SLEEP), 0)
    assert wait_for(lambda: len(offspring(localstack.process.pid)) == 3, 20)
    return offspring(localstack.process.pid)


@pytest.mark.parametrize("ending", [end, subprocess.Popen.kill], ids=["asked to end", "killed"])
def test_no_process_outlives_it(own: LocalStack, ending: Callable[[subprocess.Popen[bytes]], None]) -> None:
    children = children_of_a_busy_one(own)
    ending(own.process)
    assert still_there(children) == set()


def test_another_version_is_refused_in_words(installed: None, tmp_path: Path) -> None:
    # What another version is to the plugin: other metadata, found first.
    described = tmp_path / "localstack_core-4.15.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: localstack-core\nVersion: 4.15.0\n")
    process = launched(tmp_path, ports.free_pair()[0], PYTHONPATH=str(tmp_path))
    assert process.wait(60) == 1
    said = (tmp_path / "localstack.log").read_text()
    assert "rekbridge_localstack needs localstack-core 4.14.0, and this is 4.15.0." in said


def test_its_processes_listen_on_this_machines_own_address_only(localstack: LocalStack) -> None:
    localstack.client("dynamodb").list_tables()
    assert localstack.invoke(localstack.function(SLEEP), 0)
    pid = localstack.process.pid
    found = listening({pid} | offspring(pid))
    assert {localstack.port, dynamodb_port(pid)} < set(found)
    assert [port for port, address in found.items() if not address.is_loopback] == []


def test_writes_nothing_outside_its_folder(localstack: LocalStack) -> None:
    opened = [str(link.readlink()) for link in Path(f"/proc/{localstack.process.pid}/fd").iterdir()]
    files = [path for path in opened if path.startswith("/") and not path.startswith(("/dev", "/proc"))]
    assert [path for path in files if not Path(path).is_relative_to(localstack.folder)] == []


def test_a_presigned_url_that_was_tampered_with_is_refused(localstack: LocalStack) -> None:
    s3 = localstack.client("s3")
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    s3.put_object(Bucket="mine", Key="a", Body=b"a")
    s3.put_object(Bucket="mine", Key="b", Body=b"b")
    url = s3.generate_presigned_url("get_object", {"Bucket": "mine", "Key": "a"})
    statuses = [requests.get(address, timeout=10).status_code for address in (url, url.replace("/a?", "/b?"))]
    assert statuses == [200, 403]
