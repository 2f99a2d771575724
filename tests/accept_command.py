"""Runs `rekbridge accept` as an operator does, on a local cloud of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.deploy import named_resources
from rekbridge.emulator import LocalCloud, ports
from rekbridge.support import paths

# More than a trial takes on a very busy machine.
TIMEOUT_S = 600
STEPS = [
    "deployment",
    "images by bytes",
    "images by staged copy",
    "REST API",
    "one region denied",
    "duplicates",
    "second plan",
    "removal",
]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator with a home of their own, and a local cloud of one kind."""

    home: Path
    target: str

    @property
    def transcript(self) -> Path:
        """The file of the transcript."""
        return self.home / "transcript.md"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command."""
        command = [str(Path(sys.executable).with_name("rekbridge")), *arguments]
        environment = os.environ | {"REKBRIDGE_HOME": str(self.home), "COLUMNS": "200"}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.home
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the command. Returns its exit code and output."""
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=TIMEOUT_S)
        return process.returncode, output

    def accept(self, *options: str) -> tuple[int, str]:
        """Run `rekbridge accept`."""
        return self.run("accept", "--target", self.target, "--transcript", str(self.transcript), "--json", *options)

    def read_transcript(self) -> dict[str, Any]:
        """The transcript's JSON."""
        transcript: dict[str, Any] = json.loads(self.transcript.with_suffix(".json").read_text())
        return transcript

    def list_named(self, prefix: str) -> list[str]:
        """Everything in the cloud whose name has the prefix, as a removal lists it."""
        client = LocalCloud(self.home / "cloud").client
        return named_resources.list_named_resources(client, prefix, "eu-west-3", "eu-west-1")

    def list_trial_files(self) -> list[str]:
        """What is in the trial's folder."""
        return sorted(path.name for path in (self.home / "cloud" / "acceptance").iterdir())


@contextmanager
def run_local_cloud(folder: Path, target: str) -> Iterator[Operator]:
    """Run a local cloud on free ports. What was installed and built for this checkout is used, too."""
    home = folder / "home"
    home.mkdir()
    # The state of an operator is not shared; all else is cached.
    for path in paths.get_home().iterdir():
        if path.name not in {"cloud", "deployments", "acceptance"}:
            (home / path.name).symlink_to(path)
    operator = Operator(home, target)
    emulator, engine = map(str, ports.find_free_pair())
    try:
        code, output = operator.run("cloud", "up", "--target", target, "--port", emulator, "--engine-port", engine)
        assert code == 0, output
        yield operator
    finally:
        LocalCloud(home / "cloud").stop()


def assert_accepted(operator: Operator) -> None:
    """Run a trial, and assert that every step passes, and that nothing of it is left."""
    code, output = operator.accept()
    assert code == 0, output
    transcript = operator.read_transcript()
    assert [(step["name"], step["outcome"]) for step in transcript["steps"]] == [(name, "passed") for name in STEPS]
    assert (transcript["accepted"], transcript["target"]) == (True, operator.target)
    assert "000000000000" not in operator.transcript.read_text()
    assert operator.list_trial_files() == ["deploy.lock"]
    code, output = operator.accept("--clean")
    assert (code, "There is no trial to remove." in output) == (1, True)
