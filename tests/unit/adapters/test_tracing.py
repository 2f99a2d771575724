"""Each claim in a process of its own: what was imported, and what a daemon is told, cannot be taken back."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled="

# Of the sender of a message: another trace, another parent.
MESSAGE = "Root=1-5759e988-000000000000000000000001;Parent=0000000000000002;Sampled="

WORK = """
import sys
from rekbridge_lambda import config
from rekbridge_lambda.adapters.tracing import traced
with traced("message", config.trace(), {message!r}):
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

# Prints the trace header that a message is sent with.
SEND = """
    import boto3
    sqs = boto3.client("sqs", "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    def sent(request, **_):
        print(request.headers["X-Amzn-Trace-Id"].decode())
        sys.exit()
    sqs.meta.events.register("before-send.sqs.SendMessage", sent)
    sqs.send_message(QueueUrl="http://127.0.0.1:1/queue", MessageBody="work")
"""


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)
        yield listening


def invoke(daemon: socket.socket, trace: str | None, work: str = "pass", message: str = "") -> str:
    """Do work as a Lambda with this trace header; whether that loaded the SDK."""
    lambda_has = {"LAMBDA_TASK_ROOT": "/var/task", "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}"}
    environment = os.environ | lambda_has | ({"_X_AMZN_TRACE_ID": trace} if trace else {})
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WORK.format(work=work, message=message)],
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


def told(daemon: socket.socket) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the daemon heard of a message and of the one call that was made for it."""
    documents = [json.loads(daemon.recv(65_535).decode().partition("\n")[2]) for _ in range(2)]
    call, message = sorted(documents, key=lambda document: document["name"] == "message")
    return message, call


def test_a_sampled_invocation_tells_the_daemon_of_its_message_and_of_its_calls(daemon: socket.socket) -> None:
    assert invoke(daemon, f"{TRACE}1", CALL) == "True"
    message, call = told(daemon)
    assert (call["name"], call["aws"]["operation"]) == ("sqs", "ListQueues")
    assert (message["name"], message["parent_id"]) == ("message", "53995c3f42cd8ad8")
    assert call["parent_id"] == message["id"]


@pytest.mark.parametrize("trace", [f"{TRACE}1", f"{TRACE}0"])
def test_a_message_that_brings_a_sampled_trace_goes_on_with_it(daemon: socket.socket, trace: str) -> None:
    assert invoke(daemon, trace, CALL, f"{MESSAGE}1") == "True"
    message, call = told(daemon)
    assert {message["trace_id"], call["trace_id"]} == {"1-5759e988-000000000000000000000001"}
    assert message["parent_id"] == "0000000000000002"


def test_a_message_whose_trace_is_not_sampled_is_told_in_that_of_its_invocation(daemon: socket.socket) -> None:
    assert invoke(daemon, f"{TRACE}1", CALL, f"{MESSAGE}0") == "True"
    message, _ = told(daemon)
    assert message["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_what_is_sent_brings_the_trace_along_and_the_lineage_of_its_own_invocation(daemon: socket.socket) -> None:
    heard = invoke(daemon, f"{TRACE}1;Lineage=1:abc:3", SEND, f"{MESSAGE}1;Lineage=1:abc:2")
    header = dict(part.split("=") for part in heard.split(";"))
    assert header | {"Parent": ""} == {
        "Root": "1-5759e988-000000000000000000000001",
        "Parent": "",
        "Sampled": "1",
        "Lineage": "1:abc:3",
    }


def test_calls_after_a_message_are_in_the_invocations_own_trace_again(daemon: socket.socket) -> None:
    after = "pass\n" + dedent(CALL)
    assert invoke(daemon, f"{TRACE}1", after, f"{MESSAGE}1") == "True"
    message, call = told(daemon)
    assert message["trace_id"] == "1-5759e988-000000000000000000000001"
    assert (call["trace_id"], call["parent_id"]) == ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8")
