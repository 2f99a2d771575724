"""An engine that will never answer ends its cloud at once, with its own words."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rekbridge.emulator import Plan, logs
from rekbridge.emulator.supervisor import Ended, wait_for_health

STARTING = {"status": "starting", "workers": 0}
FAILED = {"status": "failed", "why": "FileNotFoundError('faces.xml')"}


class Engine(HTTPServer):
    """Answers 503, as an engine does until it is ready, with one body after the other."""

    bodies: list[Mapping[str, object]]


class Health(BaseHTTPRequestHandler):
    server: Engine

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.bodies.pop(0)).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_failed_engine_is_not_waited_for_and_its_log_is_told(engine: Engine, tmp_path: Path) -> None:
    # Each look asks twice: is it well, and if not, has it failed?
    engine.bodies = [STARTING, STARTING, FAILED, FAILED]
    log = logs.of(tmp_path, "engine")
    log.parent.mkdir()
    log.write_text("Traceback:\nFileNotFoundError: faces.xml\n\n")
    pauses: list[None] = []
    with pytest.raises(Ended) as told:
        wait_for_health(Plan(tmp_path, 1, engine.server_port), {}, lambda: pauses.append(None))
    assert (str(told.value), len(pauses)) == (
        f"the engine cannot work: FileNotFoundError('faces.xml'); see {log}, which ends: FileNotFoundError: faces.xml",
        1,
    )


def test_a_server_without_a_log_has_no_last_words(tmp_path: Path) -> None:
    assert logs.last_words(tmp_path, "engine") == f"see {tmp_path}/logs/engine.log"
