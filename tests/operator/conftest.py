"""The consumer's run begins before the other tests here and is looked at after them: most of it is waiting."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rekbridge.support import parent_death_signal, paths

SCRIPT = Path(__file__).with_name("consumer")
PATIENCE_S = 400.0


@dataclass(frozen=True, slots=True)
class Consumer:
    """A project outside of the checkout, in an environment that has the wheel and nothing of ours besides."""

    folder: Path
    run: subprocess.Popen[bytes]

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def project(self) -> Path:
        """Where its tests are run."""
        return self.folder / "project"

    def report(self) -> str:
        """What was printed, to the end; `passed` and so on stand in its last line."""
        self.run.wait(PATIENCE_S)
        return (self.folder / "report").read_text()


@pytest.fixture(scope="session")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consumer]:
    """It borrows what is downloaded and installed already; what is built is found equal, or built from the wheel."""
    folder = tmp_path_factory.mktemp("consumer")
    told = os.environ | {"REKBRIDGE_HOME": str(paths.home())}
    with (folder / "report").open("wb") as report:
        command = parent_death_signal.tethered([str(SCRIPT), str(folder)])
        run = subprocess.Popen(command, env=told, stdin=subprocess.DEVNULL, stdout=report, stderr=subprocess.STDOUT)
    yield Consumer(folder, run)
    run.terminate()
    run.wait()


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest) -> None:
    """Starts it where a test will ask for it."""
    if any("consumer" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("consumer")
