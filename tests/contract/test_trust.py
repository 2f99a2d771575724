"""Whom a Lambda believes to be AWS: the roots in its zip, or a bundle of one's own."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import HOME
from tests.certificates import authority


class Answering(BaseHTTPRequestHandler):
    """Every object is the same."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"bytes")

    def log_message(self, *_: Any) -> None:
        """Nothing to standard error."""


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server's address, and the file with the root that leads to it."""
    context, root = authority(tmp_path)
    bundle = tmp_path / "own.pem"
    bundle.write_bytes(root)
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", bundle
        server.shutdown()
        thread.join()


def shelf(endpoint: str) -> PreparedBucket:
    secrets: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    s3: Any = aws.SESSION.create_client("s3", region_name=HOME, endpoint_url=endpoint, config=aws.ONCE, **secrets)
    return PreparedBucket(s3, "prepared")


def test_who_is_not_aws_gets_nothing(serving: tuple[str, Path]) -> None:
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        shelf(serving[0]).get("key")


def test_a_bundle_of_ones_own_is_believed_instead(serving: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, bundle = serving
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    assert shelf(endpoint).get("key") == b"bytes"
