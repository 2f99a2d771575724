"""TLS: a Lambda function trusts the root certificates in its zip, or those of AWS_CA_BUNDLE instead."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.session import Session
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import HOME
from tests.certificates import create_server_context


class StaticObjectHandler(BaseHTTPRequestHandler):
    """Answers every request with the same object."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"bytes")

    def log_message(self, *_: Any) -> None:
        """Writes nothing to standard error."""


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The URL of a TLS server, and the file with the root certificate that signed its certificate."""
    context, root = create_server_context(tmp_path)
    bundle = tmp_path / "own.pem"
    bundle.write_bytes(root)
    with HTTPServer(("127.0.0.1", 0), StaticObjectHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", bundle
        server.shutdown()
        thread.join()


def create_prepared_bucket(endpoint: str) -> PreparedBucket:
    secrets: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    s3: Any = Session().create_client("s3", region_name=HOME, endpoint_url=endpoint, config=aws.NO_RETRY, **secrets)
    return PreparedBucket(s3, "prepared")


def test_a_server_with_an_unknown_root_is_refused(tls_server: tuple[str, Path]) -> None:
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        create_prepared_bucket(tls_server[0]).get("key")


def test_a_root_in_the_ca_bundle_is_trusted(tls_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, bundle = tls_server
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    assert create_prepared_bucket(endpoint).get("key") == b"bytes"
