import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty REKBRIDGE_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("REKBRIDGE_HOME", str(folder))
    return folder


@pytest.fixture
def tfvars(tmp_path: Path, home: Path) -> Path:
    """A tfvars file of a valid deployment."""
    file = tmp_path / "my.tfvars"
    file.write_text(
        'home_region = "eu-west-3"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'
        'operations = { text = { transfer = "staged" } }\n'
    )
    return file


# Of sts:GetCallerIdentity, which answers in XML.
IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/anna</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@dataclass
class Aws:
    """The response of AWS to every request."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """A server that answers for all of AWS, with its endpoint and credentials in the environment."""
    response = Aws()

    class FakeAwsHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            request = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_identity = response.status == 200 and b"Action=GetCallerIdentity" in request
            body = IDENTITY if is_identity else json.dumps(response.body).encode()
            self.send_response(response.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), FakeAwsHandler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "any")
        yield response
        server.shutdown()
        thread.join()
