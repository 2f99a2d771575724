"""The engines that the benchmark of the local Rekognition compares: this checkout's, and that of a git revision."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.support import parent_death_signal, paths
from rekbridge.support.venvs import Venv

_SERVE = "from tests.performance._vision_process import serve; serve()"
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class CallCost:
    """What one call cost: milliseconds of the processor; megabytes resident after it, and at most until then."""

    cpu_ms: float
    rss_mb: float
    peak_mb: float


@dataclass(frozen=True)
class VisionProcess:
    """A process that runs an engine's analysis."""

    process: subprocess.Popen[str]

    def call(self, action: str, images: list[Path], settings: dict[str, Any]) -> CallCost:
        """Run one call. Raises EOFError if the process has died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"action": action, "images": [str(image) for image in images], "settings": settings}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        if not (line := self.process.stdout.readline()):
            raise EOFError(f"{action} ended the process; its error is above")
        return CallCost(**json.loads(line))


@contextmanager
def run_vision(engine: Path) -> Iterator[VisionProcess]:
    """Run the analysis of the engine in a folder, in the environment that its requirements ask for."""
    python = Venv("engine", engine / "requirements.txt").ensure(print)
    environment = os.environ | _ONE_THREAD | {"PYTHONPATH": f"{engine}:{paths.ROOT}"}
    process = subprocess.Popen(
        parent_death_signal.with_death_signal([str(python), "-c", _SERVE]),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield VisionProcess(process)
    finally:
        process.kill()
        process.wait()


def extract_engine(revision: str) -> Path:
    """The folder `engine` of a git revision, below .rekbridge. Raises CalledProcessError for an unknown revision."""
    command = ["git", "rev-parse", "--short=12", f"{revision}^{{commit}}"]
    name = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout.strip()
    folder = paths.get_home() / "engines" / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        archive = ["git", "archive", "--format=tar", name, "engine"]
        content = subprocess.run(archive, cwd=paths.ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(content)) as files:
            files.extractall(folder, filter="data")
        (folder / "complete").touch()
    return folder / "engine"
