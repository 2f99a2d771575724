"""What goes over the wire when a service is slow, silent or gone; the servers here are sockets of this process."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.domain.errors import NoAnswer, Throttled, Unavailable

from tests.builders import HOME, REMOTE, planned


class Throttling(BaseHTTPRequestHandler):
    """Answers every call with AWS's JSON for a throttled one, and counts."""

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
        """Nothing to standard error."""


@pytest.fixture
def throttling() -> Iterator[str]:
    Throttling.calls = 0
    with HTTPServer(("127.0.0.1", 0), Throttling) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def client(service: str, endpoint: str, config: Config = aws.ONCE) -> Any:
    secrets: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return aws.SESSION.create_client(service, region_name=HOME, endpoint_url=endpoint, config=config, **secrets)


def test_a_throttled_call_to_rekognition_is_sent_once(throttling: str) -> None:
    rekognition = Rekognition(lambda _: client("rekognition", throttling), "staging")
    with pytest.raises(Throttled):
        rekognition.analyze(planned("labels"), REMOTE, {"Bytes": b"a jpeg"})
    assert Throttling.calls == 1


def test_a_region_out_of_reach_waits() -> None:
    rekognition = Rekognition(lambda _: client("rekognition", "http://127.0.0.1:9"), "staging")
    with pytest.raises(Unavailable, match="does not answer"):
        rekognition.analyze(planned("labels"), REMOTE, {"Bytes": b"a jpeg"})


def test_a_region_that_takes_a_call_and_says_nothing_has_not_answered() -> None:
    impatient = aws.ONCE.merge(Config(read_timeout=0.05))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        rekognition = Rekognition(lambda _: client("rekognition", endpoint, impatient), "")
        with pytest.raises(NoAnswer):
            rekognition.analyze(planned("labels"), REMOTE, {"Bytes": b"a jpeg"})


def test_a_service_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        PreparedBucket(client("s3", "http://127.0.0.1:9"), "prepared").get("key")
