"""The load test itself: locust, without its web UI, against a REST API of this test."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError

from tests.performance.load.__main__ import parse_positive
from tests.performance.load.call_counts import CallCount
from tests.performance.load.images import make_image
from tests.performance.load.run import REQUESTS, LoadProfile, LoadRun, run_load
from tests.performance.load.samples import DONE, THROTTLED, ImageSample
from tests.performance.load.stacks import LoadTarget
from tests.performance.load.summary import LoadSummary

DEPLOYMENT = {
    "target": "aws",
    "regions": {"home": "eu-west-3", "remote": "eu-west-1"},
    "api": {"url": "http://127.0.0.1:9"},
}
RESPONSES = [(200, b'{"Rekbridge": {"region": "eu-west-1"}}'), (429, b"{}"), (503, b"no JSON")]


@pytest.fixture
def api() -> Iterator[tuple[str, list[bytes]]]:
    """Its URL and the bodies that it received; it sends its responses in turn."""
    bodies: list[bytes] = []

    class AlternatingHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = RESPONSES[len(bodies) % len(RESPONSES)]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), AlternatingHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/analyze/faces", bodies
    server.shutdown()
    server.server_close()


def test_every_sample_has_the_outcome_of_its_request(api: tuple[str, list[bytes]]) -> None:
    url, bodies = api
    credentials = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
    target = LoadTarget(Deployment(DEPLOYMENT, lambda *_: None), credentials, lambda *_: [])
    load_run = run_load(target, LoadProfile(REQUESTS, rate=20, seconds=5, api_path=url))
    assert len(load_run.samples) == len(bodies) == len(set(bodies)) >= 3
    assert LoadSummary(load_run).outcomes.keys() == {DONE, THROTTLED, "HTTP 503"}
    assert {sample.region for sample in load_run.samples if sample.outcome == DONE} == {"eu-west-1"}


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf"])
def test_rate_and_duration_must_be_above_0(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{text} is not above 0"):
        parse_positive(text)


def test_a_duration_below_one_second_is_rounded_up() -> None:
    options = LoadProfile(REQUESTS, rate=1, seconds=0.4).options
    assert options[options.index("--run-time") + 1] == "1s"


def test_a_run_without_images_fails_with_locusts_error() -> None:
    target = LoadTarget(Deployment(DEPLOYMENT, lambda *_: None), {}, lambda *_: [])
    with pytest.raises(OperatorError, match="Unknown User"):
        run_load(target, LoadProfile("Nobody", rate=1, seconds=1))


def test_every_name_has_a_different_image() -> None:
    assert len({make_image(f"owner/{number}.jpg") for number in range(500)}) == 500


PROFILE = LoadProfile(REQUESTS, rate=10, seconds=1)
SAMPLES = [ImageSample(at=100 + number / 10, ms=100 * number, outcome=DONE) for number in range(11)]


def test_throughput_counts_until_the_last_image_is_done() -> None:
    # The eleventh is sent after a second and done after another.
    assert LoadSummary(LoadRun(PROFILE, SAMPLES, [])).throughput == pytest.approx(11 / 2)


def test_percentiles_count_only_images_that_are_done() -> None:
    lost = ImageSample(at=101, ms=99_999, outcome="lost")
    assert LoadSummary(LoadRun(PROFILE, [*SAMPLES, lost], [])).percentiles == pytest.approx((500, 950, 990))


def test_shares_count_only_calls_that_rekognition_answered() -> None:
    calls = [CallCount(1, "a", DONE, 3), CallCount(1, "b", DONE), CallCount(1, "b", THROTTLED, 5)]
    summary = LoadSummary(LoadRun(PROFILE, SAMPLES, calls))
    assert summary.shares == {"a": 0.75, "b": 0.25}
    assert summary.calls["throttled"] == 5
