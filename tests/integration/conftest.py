"""Applies one stack for the whole suite, and checks after each test that every DLQ is empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rekbridge.deploy import deployment
from rekbridge.testing import LocalRekognition, Stack
from rekbridge_lambda.domain.operations import CATALOG

from tests.integration import emulator_gaps, rate_limits
from tests.integration.dead_letters import DeadLetters

HERE = Path(__file__).parent

# Both transfers, each to its own regions. Neither operation reads text, which takes seconds on a busy machine.
WITHOUT_TEXT = '{"GeneralLabels": {"LabelExclusionFilters": ["Text"]}}'
OPERATIONS = {
    "labels": {"transfer": "bytes", "regions": ["eu-central-1", "eu-west-2"], "settings": {"Settings": WITHOUT_TEXT}},
    "faces": {"transfer": "staged"},
}


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """Short timeouts, so that tests wait for seconds only."""
    return deployment.LOCAL_VARIABLES | {
        # More than each operation's regions: a call must not go to another allowed region when its own are down.
        "allowed_regions": ["eu-central-1", "eu-west-1", "eu-west-2"],
        "operations": OPERATIONS,
        # The tests of the API call every operation; labels only where uploads may be analysed.
        "api_operations": {name: {} for name in CATALOG if name != "labels"},
        # One test process sends for all callers.
        "api_caller_throttle": {"per_second": 50, "burst": 100},
        # Makes the choice of region predictable: the second one only when the first is full or down.
        "weights": {"eu-west-2": 0.0001},
        # ANALYZE needs at least this time for one call.
        "function_settings": {"analyze": {"timeout_s": 20}}
        | {name: {"timeout_s": 5} for name in ("ingest", "bridge", "route")},
        "stale_after_s": 2,
    }


@pytest.fixture(scope="session")
def stack(rekbridge_stack: Stack) -> Stack:
    return rekbridge_stack


@pytest.fixture
def rekognition(rekognition: LocalRekognition, stack: Stack) -> Iterator[LocalRekognition]:
    """The plugin's fixture. It also resets the rate limits that workers have learned from its faults."""
    yield rekognition
    rekognition.reset()
    rate_limits.reset_rate_limits(stack)


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> str:
    """An owner for this test only, so that no two tests share an image."""
    return f"{request.node.originalname.removeprefix('test_')[:40]}-{uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def dead_letters(stack: Stack, request: pytest.FixtureRequest) -> Iterator[DeadLetters]:
    """The DLQs. They must be empty after every test: a test that causes a message there takes it."""
    dead_letters = DeadLetters(stack.deployed)
    yield dead_letters
    if not request.node.get_closest_marker("last"):
        assert dead_letters.count_by_queue() == {}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: destroys the stack, so it runs after all other tests")
    config.addinivalue_line("markers", "needs(feature): must fail on the targets that lack the feature")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Expect failures of tests whose feature the target lacks, and move tests that destroy the stack to the end."""
    for item in items:
        if item.path.is_relative_to(HERE):
            emulator_gaps.expect_failure(item, config.getoption("--target"))
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
