"""LocalStack as we start it: where it listens, what it refuses, and that all its processes end."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from rekbridge.emulator import ports

from tests.localstack.localstack_process import (
    LocalStack,
    find_dynamodb_port,
    launch,
    list_descendants,
    list_listening_addresses,
    start_localstack,
    stop,
    wait_for,
    wait_for_survivors,
)

SLEEP = "import os, time\ndef handler(event, context): time.sleep(event); return os.getpid()"


@pytest.fixture
def own_localstack(localstack_installed: None, tmp_path: Path) -> Iterator[LocalStack]:
    with start_localstack(tmp_path) as running:
        yield running


def start_busy_children(localstack: LocalStack) -> set[int]:
    """Starts an idle function's process, a busy one's, and DynamoDB Local. Returns their process ids."""
    localstack.client("dynamodb").list_tables()
    slow = localstack.create_function(SLEEP, Timeout=60)
    ThreadPoolExecutor(1).submit(localstack.client("lambda").invoke, FunctionName=slow, Payload="50")
    assert localstack.invoke(localstack.create_function(SLEEP), 0)
    assert wait_for(lambda: len(list_descendants(localstack.process.pid)) == 3, 20)
    return list_descendants(localstack.process.pid)


@pytest.mark.parametrize("end_process", [stop, subprocess.Popen.kill], ids=["SIGTERM", "SIGKILL"])
def test_no_process_outlives_it(
    own_localstack: LocalStack, end_process: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    children = start_busy_children(own_localstack)
    end_process(own_localstack.process)
    assert wait_for_survivors(children) == set()


def test_another_version_is_refused_with_a_reason(localstack_installed: None, tmp_path: Path) -> None:
    # The plugin reads the version from the package's metadata: this metadata is found before the real one.
    metadata = tmp_path / "localstack_core-4.15.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: localstack-core\nVersion: 4.15.0\n")
    process = launch(tmp_path, ports.find_free_pair()[0], PYTHONPATH=str(tmp_path))
    assert process.wait(60) == 1
    log = (tmp_path / "localstack.log").read_text()
    assert "rekbridge_localstack needs localstack-core 4.14.0, and this is 4.15.0." in log


def test_its_processes_listen_only_on_the_loopback_address(localstack: LocalStack) -> None:
    localstack.client("dynamodb").list_tables()
    assert localstack.invoke(localstack.create_function(SLEEP), 0)
    pid = localstack.process.pid
    addresses = list_listening_addresses({pid} | list_descendants(pid))
    assert {localstack.port, find_dynamodb_port(pid)} < set(addresses)
    assert [port for port, address in addresses.items() if not address.is_loopback] == []


def test_it_opens_no_file_outside_its_folder(localstack: LocalStack) -> None:
    opened = [str(link.readlink()) for link in Path(f"/proc/{localstack.process.pid}/fd").iterdir()]
    files = [path for path in opened if path.startswith("/") and not path.startswith(("/dev", "/proc"))]
    assert [path for path in files if not Path(path).is_relative_to(localstack.folder)] == []


def test_a_modified_presigned_url_is_refused(localstack: LocalStack) -> None:
    s3 = localstack.client("s3")
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    s3.put_object(Bucket="mine", Key="a", Body=b"a")
    s3.put_object(Bucket="mine", Key="b", Body=b"b")
    url = s3.generate_presigned_url("get_object", {"Bucket": "mine", "Key": "a"})
    statuses = [requests.get(address, timeout=10).status_code for address in (url, url.replace("/a?", "/b?"))]
    assert statuses == [200, 403]
