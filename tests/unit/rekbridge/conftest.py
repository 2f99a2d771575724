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
    """Variables of a deployment that could be planned."""
    file = tmp_path / "my.tfvars"
    file.write_text(
        'home_region = "eu-west-3"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'
        'operations = { text = { way = "staged" } }\n'
    )
    return file


@dataclass
class Aws:
    """What AWS answers to everything."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """All of AWS, as far as the environment says where it is and who asks."""
    told = Aws()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "any")
        yield told
        server.shutdown()
        thread.join()
