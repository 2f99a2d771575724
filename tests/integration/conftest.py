"""One real apply for the whole suite; at each test's end the proof that it left no dead letter."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rekbridge.deploy import deployment
from rekbridge.testing import Rekognition, Stack

from tests.integration import gaps, lanes
from tests.integration.letters import Letters

HERE = Path(__file__).parent

# Both ways, each to regions of its own; neither operation reads text, which takes a busy machine seconds.
NO_READING = '{"GeneralLabels": {"LabelExclusionFilters": ["Text"]}}'
OPERATIONS = {
    "labels": {"way": "bytes", "regions": ["eu-central-1", "eu-west-2"], "settings": {"Settings": NO_READING}},
    "faces": {"way": "staged"},
}


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """Short timeouts and no patience: what a test waits for comes in seconds."""
    return deployment.LOCAL | {
        # More than each is called in: nothing may go there because an operation's own regions are down.
        "allowed_regions": ["eu-central-1", "eu-west-1", "eu-west-2"],
        "operations": OPERATIONS,
        # A test can tell where an image goes: to the other region only when the first is full or down.
        "weights": {"eu-west-2": 0.0001},
        # ANALYZE's is the least that a call fits into.
        "limits": {"analyze": {"timeout_s": 20}} | {name: {"timeout_s": 5} for name in ("ingest", "bridge", "route")},
        "patience_s": 2,
    }


@pytest.fixture(scope="session")
def stack(rekbridge_stack: Stack) -> Stack:
    return rekbridge_stack


@pytest.fixture
def rekognition(rekognition: Rekognition, stack: Stack) -> Iterator[Rekognition]:
    """The plugin's; and what its faults have taught the workers is forgotten with them."""
    yield rekognition
    rekognition.clear()
    lanes.forget(stack)


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> str:
    """An owner of the test's own: no two tests share an image."""
    return f"{request.node.originalname.removeprefix('test_')[:40]}-{uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def letters(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Letters]:
    """The dead letters: after every test there are none, for a test that causes one takes it out."""
    found = Letters(stack.deployed)
    yield found
    if not request.node.get_closest_marker("last"):
        assert found.waiting() == {}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: takes the stack away, so that it has to come after all others")
    config.addinivalue_line("markers", "needs(feature): has to fail on the targets that lack it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a target lacks is expected to fail; what takes the stack away comes last."""
    for item in items:
        if item.path.is_relative_to(HERE):
            gaps.expect(item, config.getoption("--target"))
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
