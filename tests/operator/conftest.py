"""Starts the consumer's tests before the other tests of this folder, which run meanwhile: most of it is waiting."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rekbridge.support import parent_death_signal, paths

SCRIPT = Path(__file__).with_name("consumer")
TIMEOUT_S = 800.0


@dataclass(frozen=True, slots=True)
class Consumer:
    """A project outside of the checkout, in an environment with the wheel and without our source."""

    folder: Path
    run: subprocess.Popen[bytes]

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def project(self) -> Path:
        """The folder of its tests."""
        return self.folder / "project"

    def report(self) -> str:
        """Wait for the end of the tests and return their output. pytest's summary is the last line."""
        self.run.wait(TIMEOUT_S)
        return (self.folder / "report").read_text()


@pytest.fixture(scope="session")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consumer]:
    """Start the consumer's tests. They share this checkout's REKBRIDGE_HOME, so that nothing is downloaded again."""
    folder = tmp_path_factory.mktemp("consumer")
    environment = os.environ | {"REKBRIDGE_HOME": str(paths.get_home())}
    with (folder / "report").open("wb") as report:
        command = parent_death_signal.with_death_signal([str(SCRIPT), str(folder)])
        run = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=report, stderr=subprocess.STDOUT
        )
    yield Consumer(folder, run)
    run.terminate()
    run.wait()


@pytest.fixture(scope="session", autouse=True)
def start_consumer(request: pytest.FixtureRequest, worker_id: str) -> None:
    """Start the consumer at once if a selected test needs it; of several processes, the one that has the test does."""
    if worker_id == "master" and any("consumer" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("consumer")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes minutes and runs in `make soak` only")
