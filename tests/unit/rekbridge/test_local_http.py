import json
import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from rekbridge.support import local_http


class Echo(BaseHTTPRequestHandler):
    """Responds with the method and the body of each request. Below /empty it sends no body, below /error status 503."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        response = json.dumps({"method": self.command, "body": body.decode()}).encode()
        self.send_response(503 if self.path == "/error" else 200)
        self.end_headers()
        self.wfile.write(b"" if self.path == "/empty" else response)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local server; the environment has a proxy that does not exist."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_requests_do_not_use_the_operators_proxy(url: str) -> None:
    with local_http.open_url(url, timeout_s=5) as response:
        assert response.status == 200


def test_an_error_status_raises_an_error_that_is_a_response(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        local_http.open_url(f"{url}/error", timeout_s=5)
    with raised.value as response:
        assert (response.status, json.load(response)["method"]) == (503, "GET")


def test_json_is_sent_and_received(url: str) -> None:
    assert local_http.send_json("POST", url, {"tps": 5}) == {"method": "POST", "body": '{"tps": 5}'}


def test_without_a_body_nothing_is_sent(url: str) -> None:
    assert local_http.send_json("DELETE", url) == {"method": "DELETE", "body": ""}


def test_an_empty_response_is_none(url: str) -> None:
    assert local_http.send_json("GET", f"{url}/empty") is None
