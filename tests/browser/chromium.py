"""Debian's Chromium without a window, and the server of the web page that it visits."""

import http.client
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from urllib.parse import urlencode

import pytest
from rekbridge.support.parent_death_signal import with_death_signal

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium (`.ci/run` does it as root)"
)
PAGE = Path(__file__).with_name("page.html").read_bytes()
TIMEOUT_S = 40
# Names that are only known to this browser.
RESOLVER_RULES = "MAP evil.test 127.0.0.1, MAP rebound.test 127.0.0.2"
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    # Chromium asks the user before a page of the internet reaches this machine. Other browsers do not.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    f"--host-resolver-rules={RESOLVER_RULES}",
)


class PageServer(ThreadingHTTPServer):
    """Serves the page and receives what it could read.

    `relay_port` makes it a name that was rebound after the page was loaded: everything else goes to that port.
    """

    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1", port: int = 0, relay_port: int | None = None) -> None:
        super().__init__((address, port), _PageHandler)
        self.relay_port = relay_port
        self.outcomes: Queue[dict[str, str | None]] = Queue()

    def visit(self, host: str, **parameters: str) -> dict[str, str | None]:
        """Open the page in a browser under a host name. Returns what each of its attempts could read."""
        query = urlencode(parameters)
        with open_in_chromium(f"http://{host}:{self.server_port}/page?{query}"):
            return self.outcomes.get(timeout=TIMEOUT_S)


class _PageHandler(BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        if path == "/page":
            self._respond(200, PAGE, "text/html")
        elif path == "/outcomes":
            self.server.outcomes.put(json.loads(body))
            self._respond(204, b"", "text/plain")
        elif self.server.relay_port:
            self._relay(self.server.relay_port, body)
        else:
            self._respond(404, b"", "text/plain")

    do_GET = do_POST = do_PUT = do_OPTIONS = _serve

    def _relay(self, port: int, body: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in {"connection", "content-length"}:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        self._respond(response.status, response.read(), response.getheader("Content-Type", ""))
        connection.close()

    def _respond(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_page(address: str = "127.0.0.1", port: int = 0, relay_port: int | None = None) -> Iterator[PageServer]:
    """Run a server until the block ends."""
    with PageServer(address, port, relay_port) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def open_in_chromium(url: str) -> Iterator[None]:
    """Show a page until the block ends."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            with_death_signal(_build_command(profile, url)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            browser.terminate()
            browser.wait()


def load_text(url: str) -> str:
    """Open an address as a user who has typed it, and return the document."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = with_death_signal(_build_command(profile, "--dump-dom", url))
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S).stdout


def _build_command(profile: str, *arguments: str) -> list[str]:
    assert CHROMIUM is not None
    return [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", *arguments]
