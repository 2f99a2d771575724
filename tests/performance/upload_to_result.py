"""Upload to result row, one image at a time on a warm stack; run: python -m tests.performance.upload_to_result.

The stack is a private one with everything as people deploy it. Rekognition's own time, by its log, is taken off. The
baseline is what most examples do, on the same emulator and in turn with ours: one Lambda between S3 and Rekognition.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud
from rekbridge.testing import Rekognition, Stack
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import plain, typed

from tests.integration.pictures import picture
from tests.performance._naive import Naive

WARM_UP, IMAGES = 5, 60
GOALS = {"p50": 300, "p95": 1000}
PAUSE_S, PATIENCE_S = 0.02, 60

# One operation each way, both cheap: what is measured is ours, and the engine's cores are not in its way.
OPERATIONS = {"faces": {"way": "bytes"}, "moderation": {"way": "staged"}}
ACTIONS = {"faces": "DetectFaces", "moderation": "DetectModerationLabels"}
STAGES = ["  upload to asked", "  asked to answered, less engine", "  answered to routed"]


@dataclass
class Times:
    """Milliseconds of every image, by what took them."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, milliseconds: float) -> None:
        """One image more."""
        self.taken.setdefault(name, []).append(milliseconds)

    def show(self) -> None:
        """Print a line for each."""
        print(f"{'milliseconds':40}{'p50':>8}{'p95':>8}{'longest':>9}")
        for name, taken in self.taken.items():
            print(
                f"{name:40}{statistics.median(taken):8.0f}{statistics.quantiles(taken, n=20)[-1]:8.0f}{max(taken):9.0f}"
            )


def main() -> None:
    """Deploy, measure and print the table."""
    with tempfile.TemporaryDirectory() as folder, LocalCloud.private(Path(folder)) as cloud:
        stack = Stack.apply(cloud, deployment.LOCAL | {"operations": OPERATIONS})
        naive, rekognition = Naive(stack), Rekognition(cloud.control_url)
        times = Times()
        for number in range(WARM_UP + IMAGES):
            into = times if number >= WARM_UP else Times()
            baseline(naive, rekognition, f"baseline/{number}.jpg", into)
            ours(stack, rekognition, f"ours/{number}.jpg", into)
        times.show()
        print(f"goals, less Rekognition's own time: {', '.join(f'{name} {ms} ms' for name, ms in GOALS.items())}")


def baseline(naive: Naive, rekognition: Rekognition, key: str, into: Times) -> None:
    """One image through the naive Lambda."""
    rekognition.clear()
    body, began = picture(key), time.time()
    naive.upload(key, body)
    waited(lambda: naive.answered(key))
    into.add("naive: upload to row, less engine", elapsed(began) - engine_ms(rekognition, "DetectFaces"))


def ours(stack: Stack, rekognition: Rekognition, key: str, into: Times) -> None:
    """One image through Rekbridge, by both ways at once."""
    rekognition.clear()
    body, began = picture(key), time.time()
    version, read = stack.upload(key, body), dict[str, float]()

    def row(of: dict[str, str]) -> dict[str, Any]:
        # One small read a look: the emulator has one core for this and for what is measured.
        found = stack.client("dynamodb").get_item(TableName=stack.deployed.table("library"), Key=typed(of))
        return plain(found.get("Item", {}))

    waited(lambda: row(version.row))
    into.add("upload to admitted", elapsed(began))
    run = library_rows.run_key(row(version.row)["run"])

    def complete() -> bool:
        pending = row(run).get("pending", set())
        read.update(dict.fromkeys(OPERATIONS.keys() - pending - read.keys(), time.time()))
        return not pending

    waited(complete)
    for name, found in stack.story(version).results.items():
        way, engine = OPERATIONS[name]["way"], engine_ms(rekognition, ACTIONS[name])
        into.add(f"{way}: upload to row, less engine", (read[name] - began) * 1000 - engine)
        marks = [began * 1000, found.asked_at, found.answered_at - engine, found.routed_at - engine]
        for stage, start, end in zip(STAGES, marks, marks[1:], strict=False):
            into.add(f"{way}: {stage}", end - start)


def engine_ms(rekognition: Rekognition, action: str) -> float:
    """Rekognition's own time for the one call of this action."""
    return sum(call.ms for call in rekognition.calls(action))


def elapsed(began: float) -> float:
    """Milliseconds since then."""
    return (time.time() - began) * 1000


def waited(holds: Callable[[], object]) -> None:
    """Look until it holds, fifty times a second."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no result within {PATIENCE_S} s")
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
