"""One run of locust, in a process of its own, because it replaces half of Python's library by gevent's."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from rekbridge.support.errors import OperatorError
from rekbridge.support.paths import ROOT

from tests.performance.load.call_counts import CallCount
from tests.performance.load.samples import ImageSample, read_samples
from tests.performance.load.stacks import LoadTarget

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
# The classes of the locustfile.
UPLOADS, REQUESTS = "UploadUser", "RequestUser"
# Locust's own report would repeat the table; its errors are wanted.
QUIET = ["--only-summary", "--loglevel", "ERROR"]


@dataclass(frozen=True)
class LoadProfile:
    """The load: a class of users, images a second, seconds; `api_path` is where requests go."""

    user: str
    rate: float
    seconds: float
    api_path: str = "/analyze/faces"

    @property
    def options(self) -> list[str]:
        """Locust's options, without its web UI. A user sends at most one image a second."""
        users = ceil(self.rate)
        options = {
            "--users": users,
            "--spawn-rate": users,
            "--rate-per-user": self.rate / users,
            "--run-time": f"{ceil(self.seconds)}s",
        }
        return ["--headless", *QUIET, *(str(word) for option in options.items() for word in option)]


@dataclass(frozen=True)
class LoadRun:
    """A run: the images as their senders saw them, and the calls that Rekognition received."""

    profile: LoadProfile
    samples: list[ImageSample]
    calls: list[CallCount]


def run_load(target: LoadTarget, profile: LoadProfile) -> LoadRun:
    """Run without a web UI, until the last image has ended."""
    return _run_locust(target, profile, profile.options)


def run_with_web_ui(target: LoadTarget, profile: LoadProfile, port: int) -> LoadRun:
    """Run with locust's web UI, until Ctrl-C."""
    print(f"Start at http://127.0.0.1:{port}. Stop with Ctrl-C here: the table follows.", flush=True)
    users = ["--users", str(ceil(profile.rate)), "--spawn-rate", str(ceil(profile.rate))]
    return _run_locust(target, profile, ["--web-host", "127.0.0.1", "--web-port", str(port), *users, *QUIET])


def _run_locust(target: LoadTarget, profile: LoadProfile, options: list[str]) -> LoadRun:
    with TemporaryDirectory() as folder:
        deployment_file, samples_file, log = (Path(folder, name) for name in ("deployment.json", "samples", "log"))
        deployment_file.write_text(json.dumps(dict(target.deployed.outputs)))
        command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), profile.user, *options]
        command += ["--api-path", profile.api_path, "--deployment", str(deployment_file)]
        command += ["--samples", str(samples_file), "--exit-code-on-error", "0"]
        python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = os.environ | target.environment | {"PYTHONPATH": python_path}
        started_at = time.time()
        with log.open("wb") as output:
            locust = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            _wait(locust)
        samples = read_samples(samples_file)
        if not samples:
            raise OperatorError(
                f"The load test sent no image. Locust's log ends with:\n{log.read_text().strip()[-2000:]}",
                "Correct what the log names, then run it again.",
            )
        return LoadRun(profile, samples, target.read_calls(started_at, time.time()))


def _wait(locust: subprocess.Popen[bytes]) -> None:
    try:
        locust.wait()
    except KeyboardInterrupt:
        # Locust got the same Ctrl-C and waits for the images in flight; a second one kills it.
        try:
            locust.wait()
        except KeyboardInterrupt:
            locust.kill()
            locust.wait()
