"""One engine for the whole test session."""

from collections.abc import Iterator

import pytest

from tests.engine.engine_process import RunningEngine, run_engine


@pytest.fixture(scope="session")
def shared_engine() -> Iterator[RunningEngine]:
    with run_engine("--control") as engine:
        yield engine


@pytest.fixture
def engine(shared_engine: RunningEngine) -> RunningEngine:
    """The session's engine, without orders and faults, with the default quotas and an empty call log."""
    shared_engine.reset()
    return shared_engine
