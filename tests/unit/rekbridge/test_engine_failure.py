"""An engine that failed to start stops its cloud at once, with the engine's own error."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rekbridge.emulator import LocalCloudSettings, logs
from rekbridge.emulator.supervisor import CloudStopped, wait_for_health

STARTING = {"status": "starting", "workers": 0}
FAILED = {"status": "failed", "why": "FileNotFoundError('faces.xml')"}


class FakeEngine(HTTPServer):
    """Responds with 503, as an engine does until it is ready, with one body after the other."""

    bodies: list[Mapping[str, object]]


class _EngineHandler(BaseHTTPRequestHandler):
    server: FakeEngine

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.bodies.pop(0)).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with FakeEngine(("127.0.0.1", 0), _EngineHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_failed_engine_is_not_waited_for_and_its_error_is_reported(engine: FakeEngine, tmp_path: Path) -> None:
    # Each check sends two requests: is it healthy, and if not, has it failed?
    engine.bodies = [STARTING, STARTING, FAILED, FAILED]
    log = logs.get_log_path(tmp_path, "engine")
    log.parent.mkdir()
    log.write_text("Traceback:\nFileNotFoundError: faces.xml\n\n")
    pauses: list[None] = []
    with pytest.raises(CloudStopped) as stopped:
        wait_for_health(LocalCloudSettings(tmp_path, 1, engine.server_port), {}, lambda: pauses.append(None))
    error = "FileNotFoundError('faces.xml')"
    assert str(stopped.value) == (
        f"the engine failed to start: {error}; see {log}, last line: FileNotFoundError: faces.xml"
    )
    assert len(pauses) == 1


def test_a_server_without_a_log_has_no_last_log_line(tmp_path: Path) -> None:
    assert logs.describe_last_log_line(tmp_path, "engine") == f"see {tmp_path}/logs/engine.log"
