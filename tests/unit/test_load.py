"""The load test itself: locust, headless, against a REST API of the test's own."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.errors import OperatorError

from tests.performance.load.__main__ import above_zero
from tests.performance.load.figures import Figures
from tests.performance.load.images import image
from tests.performance.load.run import REQUESTS, Load, Ran, run
from tests.performance.load.samples import DONE, THROTTLED, Sample
from tests.performance.load.seen import Seen
from tests.performance.load.stacks import Loaded

STACK = {"target": "aws", "regions": {"home": "eu-west-3", "remote": "eu-west-1"}, "api": {"url": "http://127.0.0.1:9"}}
ANSWERS = [(200, b'{"Rekbridge": {"region": "eu-west-1"}}'), (429, b"{}"), (503, b"no JSON")]


@pytest.fixture
def api() -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and the bodies that came; it answers by turns."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = ANSWERS[len(bodies) % len(ANSWERS)]
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/analyze/faces", bodies
    server.shutdown()
    server.server_close()


def test_every_request_is_told_by_what_its_sender_was_answered(api: tuple[str, list[bytes]]) -> None:
    ask, bodies = api
    credentials = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
    stack = Loaded(Deployed(STACK, lambda *_: None), credentials, lambda *_: [])
    ran = run(stack, Load(REQUESTS, rate=20, seconds=5, ask=ask))
    figures = Figures(ran)
    assert len(ran.sent) == len(bodies) == len(set(bodies)) >= 3
    assert figures.outcomes.keys() == {DONE, THROTTLED, "HTTP 503"}
    assert {one.region for one in ran.sent if one.outcome == DONE} == {"eu-west-1"}


@pytest.mark.parametrize("told", ["0", "-1", "nan", "inf"])
def test_a_rate_or_a_time_that_is_no_load_is_refused(told: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{told} is not above 0"):
        above_zero(told)


def test_less_than_a_second_is_one() -> None:
    options = Load(REQUESTS, rate=1, seconds=0.4).options
    assert options[options.index("--run-time") + 1] == "1s"


def test_a_run_that_sends_nothing_says_why() -> None:
    stack = Loaded(Deployed(STACK, lambda *_: None), {}, lambda *_: [])
    with pytest.raises(OperatorError, match="Unknown User"):
        run(stack, Load("Nobody", rate=1, seconds=1))


def test_no_two_names_have_the_same_image() -> None:
    assert len({image(f"owner/{number}.jpg") for number in range(500)}) == 500


LOAD = Load(REQUESTS, rate=10, seconds=1)
SENT = [Sample(at=100 + number / 10, ms=100 * number, outcome=DONE) for number in range(11)]


def test_throughput_ends_with_the_last_one_done() -> None:
    # The eleventh is sent after a second and done after another.
    assert Figures(Ran(LOAD, SENT, [])).throughput == pytest.approx(11 / 2)


def test_percentiles_are_of_what_was_done() -> None:
    lost = Sample(at=101, ms=99_999, outcome="lost")
    assert Figures(Ran(LOAD, [*SENT, lost], [])).percentiles == pytest.approx((500, 950, 990))


def test_shares_are_of_what_rekognition_answered() -> None:
    seen = [Seen(1, "a", DONE, 3), Seen(1, "b", DONE), Seen(1, "b", THROTTLED, 5)]
    figures = Figures(Ran(LOAD, SENT, seen))
    assert figures.shares == {"a": 0.75, "b": 0.25}
    assert figures.calls["throttled"] == 5
