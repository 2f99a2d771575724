"""The engine's pytest plugin: the fixture `local_rekognition` for tests of code that calls Rekognition.

Every pytest run in an environment with the engine loads this file. Therefore everything else is imported only when a
test uses a fixture. Override `local_rekognition_options` to start the engine with other options.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rekbridge_engine.testing import RunningEngine


@pytest.fixture(scope="session")
def local_rekognition_options() -> Sequence[str]:
    """The engine's options beside `--port` and `--control`. Override this fixture to change them."""
    return ("--workers", "1")


@pytest.fixture(scope="session")
def local_rekognition_python() -> Sequence[str]:
    """The interpreter that runs the engine. Override this fixture if the engine has an environment of its own."""
    import sys

    return (sys.executable,)


@pytest.fixture(scope="session")
def local_rekognition_engine(
    local_rekognition_options: Sequence[str], local_rekognition_python: Sequence[str]
) -> "Iterator[RunningEngine]":
    """An engine on a free port, for the session. It ends with the test process, however that ends."""
    from rekbridge_engine.testing import run_engine

    with run_engine("--control", *local_rekognition_options, python=local_rekognition_python) as engine:
        yield engine


@pytest.fixture
def local_rekognition(
    local_rekognition_engine: "RunningEngine", monkeypatch: pytest.MonkeyPatch
) -> "Iterator[RunningEngine]":
    """The local Rekognition, reset before and after each test.

    Clients of boto3 that the test creates call it: its address and credentials of no account are in the environment.
    """
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", local_rekognition_engine.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    local_rekognition_engine.reset()
    yield local_rekognition_engine
    local_rekognition_engine.reset()
