"""Ordered answers and calls that overlap: each interleaving by hand, with a runner that waits."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from rekbridge_engine.call_log import RecordedCall
from rekbridge_engine.faults import Faults
from rekbridge_engine.jobs import AnalysisJob
from rekbridge_engine.s3_reader import S3Reader
from rekbridge_engine.service import RekognitionService

from tests.engine.test_answers import ANY, CATALOG

HEADERS = {
    "x-amz-target": "RekognitionService.DetectLabels",
    "authorization": "Credential=1/20261127/eu-west-1/rekognition/aws4_request",
}
BODY = json.dumps({"Image": {"Bytes": base64.b64encode(b"image").decode()}}).encode()
ANALYSIS = {"Labels": [{"Name": "Analysis"}]}
ORDER = ANY | {"answer": {"Labels": [{"Name": "Order"}]}}


class WaitingRunner:
    """Runs no job before `go` is set, and notes which were checks only."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.checks: list[bool] = []

    async def run(self, job: AnalysisJob, is_disconnected: Callable[[], Awaitable[bool]]) -> dict[str, Any]:
        self.checks.append(job.checks_only)
        await self.go.wait()
        return {} if job.checks_only else ANALYSIS


async def start_calls(service: RekognitionService, count: int) -> list[asyncio.Task[dict[str, Any]]]:
    """Start calls and let them go as far as the runner."""

    async def is_disconnected() -> bool:
        return False

    calls = [
        asyncio.create_task(service.handle_call(HEADERS, BODY, RecordedCall(), is_disconnected)) for _ in range(count)
    ]
    for _ in range(10):
        await asyncio.sleep(0)
    return calls


async def run_calls(count: int, meanwhile: Callable[[RekognitionService], Any], **order: Any) -> list[Any]:
    """Order an answer, start calls, do something while their images are checked; what was run, and the names found."""
    runner = WaitingRunner()
    service = RekognitionService(CATALOG, Faults(), S3Reader(None), runner)
    service.orders.add(ORDER | order)
    calls = await start_calls(service, count)
    meanwhile(service)
    runner.go.set()
    responses = await asyncio.gather(*calls)
    return [runner.checks, sorted(response["Labels"][0]["Name"] for response in responses)]


def test_of_two_calls_that_are_checked_at_once_one_gets_the_answer_for_one_call() -> None:
    checks, names = asyncio.run(run_calls(2, lambda _service: None, calls=1))
    assert (checks, names) == ([True, True, False], ["Analysis", "Order"])


def test_answer_that_is_taken_back_while_the_image_is_checked_is_not_given() -> None:
    checks, names = asyncio.run(run_calls(1, lambda service: service.orders.take_back(1)))
    assert (checks, names) == ([True, False], ["Analysis"])


def test_the_next_order_is_given_if_the_first_is_taken_back_meanwhile() -> None:
    def replace_order(service: RekognitionService) -> None:
        service.orders.clear()
        service.orders.add(ANY | {"answer": {"Labels": [{"Name": "Next"}]}})

    checks, names = asyncio.run(run_calls(1, replace_order))
    assert (checks, names) == ([True, True], ["Next"])
