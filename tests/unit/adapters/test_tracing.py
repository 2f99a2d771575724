"""Tracing with X-Ray. Each test uses a new process, because imports and segments that were sent cannot be undone."""

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

# The header of a message's sender: another trace, another parent.
MESSAGE = "Root=1-5759e988-000000000000000000000001;Parent=0000000000000002;Sampled="

WORK = """
import sys
from rekbridge_lambda import config
from rekbridge_lambda.adapters.tracing import trace_segment
with trace_segment("message", config.get_trace_header(), {message!r}):
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

# Reads an object with a telling key; the second time S3 refuses, and says to whom and which key.
READ = """
    import botocore.session, botocore.stub
    s3 = botocore.session.Session().create_client("s3", "eu-west-3")
    with botocore.stub.Stubber(s3) as stub:
        stub.add_response("head_object", {})
        stub.add_client_error("get_object", "AccessDenied", "not authorized on media/anna/passport.jpg", 403)
        s3.head_object(Bucket="media", Key="anna/passport.jpg", VersionId="v1")
        try:
            s3.get_object(Bucket="media", Key="anna/passport.jpg")
        except Exception as refusal:
            raise ValueError("anna/passport.jpg") from refusal
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
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon_socket:
        daemon_socket.bind(("127.0.0.1", 0))
        daemon_socket.settimeout(5)
        yield daemon_socket


def invoke(daemon: socket.socket, trace: str | None, work: str = "pass", message: str = "") -> str:
    """Run the code as a Lambda with this trace header; returns what it prints, at last whether the SDK was imported."""
    lambda_environment = {
        "LAMBDA_TASK_ROOT": "/var/task",
        "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
    }
    environment = os.environ | lambda_environment | ({"_X_AMZN_TRACE_ID": trace} if trace else {})
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
def test_an_invocation_that_is_not_sampled_never_imports_the_sdk(daemon: socket.socket, trace: str | None) -> None:
    assert invoke(daemon, trace) == "False"


def receive_segments(daemon: socket.socket) -> tuple[dict[str, Any], dict[str, Any]]:
    """The segment of a message and the subsegment of its one call, as the daemon receives them."""
    segments = [json.loads(daemon.recv(65_535).decode().partition("\n")[2]) for _ in range(2)]
    call, message = sorted(segments, key=lambda segment: segment["name"] == "message")
    return message, call


def test_a_sampled_invocation_sends_segments_of_its_message_and_its_calls(daemon: socket.socket) -> None:
    assert invoke(daemon, f"{TRACE}1", CALL) == "True"
    message, call = receive_segments(daemon)
    assert (call["name"], call["aws"]["operation"]) == ("sqs", "ListQueues")
    assert (message["name"], message["parent_id"]) == ("message", "53995c3f42cd8ad8")
    assert call["parent_id"] == message["id"]


def test_a_segment_has_neither_key_nor_message_of_an_error(daemon: socket.socket) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        invoke(daemon, f"{TRACE}1", READ)
    documents = [daemon.recv(65_535).decode() for _ in range(3)]
    assert [word for word in ("anna", "passport", "media", "authorized") if word in "".join(documents)] == []
    found, refused, message = (json.loads(document.partition("\n")[2]) for document in documents)
    assert [segment["aws"]["operation"] for segment in (found, refused)] == ["HeadObject", "GetObject"]
    assert refused["http"] == {"response": {"status": 403}}
    [exception] = message["cause"]["exceptions"]
    assert exception["type"] == "ValueError"
    assert exception["stack"]


@pytest.mark.parametrize("trace", [f"{TRACE}1", f"{TRACE}0"])
def test_a_message_with_a_sampled_trace_continues_it(daemon: socket.socket, trace: str) -> None:
    assert invoke(daemon, trace, CALL, f"{MESSAGE}1") == "True"
    message, call = receive_segments(daemon)
    assert {message["trace_id"], call["trace_id"]} == {"1-5759e988-000000000000000000000001"}
    assert message["parent_id"] == "0000000000000002"


def test_a_message_whose_trace_is_not_sampled_is_traced_with_its_invocation(daemon: socket.socket) -> None:
    assert invoke(daemon, f"{TRACE}1", CALL, f"{MESSAGE}0") == "True"
    message, _ = receive_segments(daemon)
    assert message["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_a_sent_message_has_the_trace_of_its_cause_and_the_lineage_of_its_invocation(daemon: socket.socket) -> None:
    printed = invoke(daemon, f"{TRACE}1;Lineage=1:abc:3", SEND, f"{MESSAGE}1;Lineage=1:abc:2")
    header = dict(part.split("=") for part in printed.split(";"))
    assert header | {"Parent": ""} == {
        "Root": "1-5759e988-000000000000000000000001",
        "Parent": "",
        "Sampled": "1",
        "Lineage": "1:abc:3",
    }


def test_calls_after_a_message_are_traced_with_the_invocation(daemon: socket.socket) -> None:
    after = "pass\n" + dedent(CALL)
    assert invoke(daemon, f"{TRACE}1", after, f"{MESSAGE}1") == "True"
    message, call = receive_segments(daemon)
    assert message["trace_id"] == "1-5759e988-000000000000000000000001"
    assert (call["trace_id"], call["parent_id"]) == ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8")
