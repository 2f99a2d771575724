"""Calls to services that throttle, do not answer or cannot be reached; the servers are sockets of this process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.domain.errors import NoAnswer, Throttled, Unavailable

from tests.builders import HOME, REMOTE, make_operation

METRICS = EmbeddedMetrics("rekbridge")


class ThrottlingHandler(BaseHTTPRequestHandler):
    """Answers every call with AWS's throttling error, and counts the calls."""

    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Writes nothing to standard error."""


@pytest.fixture
def throttling_url() -> Iterator[str]:
    ThrottlingHandler.calls = 0
    with HTTPServer(("127.0.0.1", 0), ThrottlingHandler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def create_client(service: str, endpoint: str, config: Config = aws.NO_RETRY) -> Any:
    secrets: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return Session().create_client(service, region_name=HOME, endpoint_url=endpoint, config=config, **secrets)


def test_a_throttled_call_to_rekognition_is_not_retried(throttling_url: str) -> None:
    rekognition = Rekognition(lambda _: create_client("rekognition", throttling_url), "staging", METRICS)
    with pytest.raises(Throttled):
        rekognition.analyze(make_operation("labels"), REMOTE, {"Bytes": b"a jpeg"})
    assert ThrottlingHandler.calls == 1


def test_an_unreachable_region_is_unavailable() -> None:
    rekognition = Rekognition(lambda _: create_client("rekognition", "http://127.0.0.1:9"), "staging", METRICS)
    with pytest.raises(Unavailable, match="does not answer"):
        rekognition.analyze(make_operation("labels"), REMOTE, {"Bytes": b"a jpeg"})


@contextmanager
def serve_once(response: bytes) -> Iterator[str]:
    """The URL of a server that reads one request, writes these bytes and closes."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            received = b""
            while b"YSBqcGVn" not in received:
                received += connection.recv(65536)
            connection.sendall(response)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, args=[listener])
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(timeout=10)


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nx-amzn-requestid: 8c1d\r\n",
        b'HTTP/1.1 200 OK\r\nx-amzn-requestid: 8c1d\r\n\r\n{"Labels": [',
    ],
    ids=["within the headers", "before the body", "within the body"],
)
def test_an_answer_that_is_cut_off_is_no_answer_and_never_an_empty_result(response: bytes) -> None:
    with serve_once(response) as url:
        rekognition = Rekognition(lambda _: create_client("rekognition", url), "staging", METRICS)
        with pytest.raises(NoAnswer, match="broke within its answer"):
            rekognition.analyze(make_operation("labels"), REMOTE, {"Bytes": b"a jpeg"})


def test_a_region_that_accepts_a_call_and_does_not_respond_is_no_answer() -> None:
    short_timeout = aws.NO_RETRY.merge(Config(read_timeout=0.05))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        rekognition = Rekognition(lambda _: create_client("rekognition", endpoint, short_timeout), "", METRICS)
        with pytest.raises(NoAnswer):
            rekognition.analyze(make_operation("labels"), REMOTE, {"Bytes": b"a jpeg"})


def test_an_unreachable_service_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        PreparedBucket(create_client("s3", "http://127.0.0.1:9"), "prepared").get("key")
