"""One engine for the session."""

from collections.abc import Iterator

import pytest

from tests.engine.running import Engine, running


@pytest.fixture(scope="session")
def shared() -> Iterator[Engine]:
    with running("--control") as engine:
        yield engine


@pytest.fixture
def engine(shared: Engine) -> Engine:
    """The session's engine with no faults and an empty log."""
    shared.http("/control/faults", "DELETE")
    shared.http("/control/calls", "DELETE")
    return shared
