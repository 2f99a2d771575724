"""Time from an upload to its result row, one image at a time; run: python -m tests.performance.upload_to_result.

The stack is a private one, complete as users deploy it, and warm. Rekognition's own time, from its log, is subtracted.
The baseline is the Lambda of most examples, on the same emulator and in turn with Rekbridge: S3 invokes it, it calls
Rekognition.
"""

import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekbridge.deploy import deployment
from rekbridge.testing import LocalRekognition, Stack
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize

from tests.integration.sample_images import make_image
from tests.performance._direct_lambda import DirectLambda
from tests.performance.load import stacks

WARM_UP, IMAGES = 5, 60
SMALLEST_WARM_UP, SMALLEST_IMAGES = 1, 2
GOALS_MS = {"p50": 300, "p95": 1000}
POLL_S, TIMEOUT_S = 0.02, 60

# One operation per transfer. Both are cheap in the local Rekognition, whose processes share the cores.
OPERATIONS = stacks.SMALLEST_VARIABLES["operations"]
ACTIONS = {"faces": "DetectFaces", "moderation": "DetectModerationLabels"}
STAGES = ["  upload to call", "  call to response, less Rekognition", "  response to row"]


@dataclass
class StageTimes:
    """Milliseconds of every image by stage."""

    by_stage: dict[str, list[float]] = field(default_factory=dict)

    def add(self, stage: str, milliseconds: float) -> None:
        """Add the time of one image."""
        self.by_stage.setdefault(stage, []).append(milliseconds)

    def print_table(self) -> None:
        """Print a line per stage."""
        print(f"{'milliseconds':45}{'p50':>8}{'p95':>8}{'longest':>9}")
        for stage, times in self.by_stage.items():
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"{stage:45}{statistics.median(times):8.0f}{p95:8.0f}{max(times):9.0f}")


def main() -> None:
    """Deploy, measure and print the table."""
    parser = ArgumentParser("python -m tests.performance.upload_to_result", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_IMAGES} images, and no figures")
    parser.add_argument("--stack", type=Path, help="with --smallest: the folder of a running cloud with its stack")
    options = parser.parse_args()
    if options.smallest:
        with stacks.use_stack(options.stack, stacks.SMALLEST_VARIABLES) as stack:
            times = measure(stack, SMALLEST_WARM_UP, SMALLEST_IMAGES)
    else:
        with stacks.deploy_private(deployment.LOCAL_VARIABLES | {"operations": OPERATIONS}) as stack:
            times = measure(stack, WARM_UP, IMAGES)
    times.print_table()
    goals = ", ".join(f"{name} {milliseconds} ms" for name, milliseconds in GOALS_MS.items())
    print(f"goals, less Rekognition's own time: {goals}")


def measure(stack: Stack, warm_up: int, images: int) -> StageTimes:
    """Send images through the baseline and Rekbridge in turn."""
    direct_lambda, rekognition = DirectLambda(stack), LocalRekognition(stack.cloud.control_url)
    times = StageTimes()
    for number in range(warm_up + images):
        target = times if number >= warm_up else StageTimes()
        measure_direct_lambda(direct_lambda, rekognition, f"baseline/{number}.jpg", target)
        measure_rekbridge(stack, rekognition, f"rekbridge/{number}.jpg", target)
    return times


def measure_direct_lambda(
    direct_lambda: DirectLambda, rekognition: LocalRekognition, key: str, times: StageTimes
) -> None:
    """One image through the baseline."""
    rekognition.reset()
    body, started_at = make_image(key), time.time()
    direct_lambda.upload(key, body)
    wait_until(lambda: direct_lambda.has_row(key))
    elapsed = compute_elapsed_ms(started_at)
    times.add("baseline: upload to row, less Rekognition", elapsed - sum_call_ms(rekognition, "DetectFaces"))


def measure_rekbridge(stack: Stack, rekognition: LocalRekognition, key: str, times: StageTimes) -> None:
    """One image through Rekbridge, by both transfers at the same time."""
    rekognition.reset()
    body, started_at = make_image(key), time.time()
    version, row_seen_at = stack.upload(key, body), dict[str, float]()

    def load_row(row_key: dict[str, str]) -> dict[str, Any]:
        # One small read each: the emulator serves this and what is measured from one core.
        table = stack.deployed.get_table("library")
        response = stack.client("dynamodb").get_item(TableName=table, Key=serialize(row_key))
        return deserialize(response.get("Item", {}))

    source_key = library_rows.make_source_key(version.to_upload())
    wait_until(lambda: load_row(source_key))
    times.add("upload to image row", compute_elapsed_ms(started_at))
    run_key = library_rows.make_run_key(load_row(source_key)["run_id"])

    def is_complete() -> bool:
        pending = load_row(run_key).get("pending", set())
        row_seen_at.update(dict.fromkeys(OPERATIONS.keys() - pending - row_seen_at.keys(), time.time()))
        return not pending

    wait_until(is_complete)
    for name, result in stack.get_status(version).results.items():
        transfer, rekognition_ms = OPERATIONS[name]["transfer"], sum_call_ms(rekognition, ACTIONS[name])
        elapsed = (row_seen_at[name] - started_at) * 1000
        times.add(f"{transfer}: upload to row, less Rekognition", elapsed - rekognition_ms)
        responded_at, routed_at = result.responded_at - rekognition_ms, result.routed_at - rekognition_ms
        marks = [started_at * 1000, result.called_at, responded_at, routed_at]
        for stage, start, end in zip(STAGES, marks, marks[1:], strict=False):
            times.add(f"{transfer}: {stage}", end - start)


def sum_call_ms(rekognition: LocalRekognition, action: str) -> float:
    """Rekognition's own time for the calls of an action."""
    return sum(call.ms for call in rekognition.list_calls(action))


def compute_elapsed_ms(started_at: float) -> float:
    """Milliseconds since a time."""
    return (time.time() - started_at) * 1000


def wait_until(is_reached: Callable[[], object]) -> None:
    """Poll fifty times a second. Raises TimeoutError after a minute."""
    deadline = time.monotonic() + TIMEOUT_S
    while not is_reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the image had no result after {TIMEOUT_S} s; see the local cloud's logs")
        time.sleep(POLL_S)


if __name__ == "__main__":
    main()
