"""Each claim in a process of its own: what was imported, and what a daemon is told, cannot be taken back."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled="

WORK = """
import sys
from handlers import config
from handlers.adapters.tracing import traced
with traced("message", config.trace()):
    {work}
print("aws_xray_sdk" in sys.modules)
"""

CALL = """
    import botocore.session, botocore.stub
    sqs = botocore.session.Session().create_client("sqs", "eu-west-1")
    with botocore.stub.Stubber(sqs) as stub:
        stub.add_response("list_queues", {})
        sqs.list_queues()
"""


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)
        yield listening


def invoke(daemon: socket.socket, trace: str | None, work: str = "pass") -> str:
    """Do work as a Lambda with this trace header; whether that loaded the SDK."""
    lambda_has = {"LAMBDA_TASK_ROOT": "/var/task", "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}"}
    environment = os.environ | lambda_has | ({"_X_AMZN_TRACE_ID": trace} if trace else {})
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WORK.format(work=work)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("trace", [None, f"{TRACE}0"])
def test_an_invocation_that_is_not_sampled_never_loads_the_sdk(daemon: socket.socket, trace: str | None) -> None:
    assert invoke(daemon, trace) == "False"


def test_a_sampled_message_tells_the_daemon_of_itself_and_of_its_calls(daemon: socket.socket) -> None:
    assert invoke(daemon, f"{TRACE}1", CALL) == "True"
    documents = [json.loads(daemon.recv(65_535).decode().partition("\n")[2]) for _ in range(2)]
    call, message = sorted(documents, key=lambda document: document["name"] == "message")
    assert (call["name"], call["aws"]["operation"]) == ("sqs", "ListQueues")
    assert (message["name"], message["parent_id"]) == ("message", "53995c3f42cd8ad8")
    assert call["parent_id"] == message["id"]
