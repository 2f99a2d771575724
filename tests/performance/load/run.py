"""One run of locust, in a process of its own: it replaces half of Python's library by gevent's."""

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

from tests.performance.load import samples
from tests.performance.load.samples import Sample
from tests.performance.load.seen import Seen
from tests.performance.load.stacks import Loaded

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
UPLOADS, REQUESTS = "Uploads", "Requests"
# What locust tells on its own, besides errors, is in the table.
QUIET = ["--only-summary", "--loglevel", "ERROR"]


@dataclass(frozen=True)
class Load:
    """How much of what: images a second for so many seconds, by one way; `ask` is another path for requests."""

    way: str
    rate: float
    seconds: float
    ask: str = "/analyze/faces"

    @property
    def options(self) -> list[str]:
        """Locust's, without its web UI; a user sends one image a second at most."""
        users = ceil(self.rate)
        told = {
            "--users": users,
            "--spawn-rate": users,
            "--each": self.rate / users,
            "--run-time": f"{ceil(self.seconds)}s",
        }
        return ["--headless", *QUIET, *(str(word) for option in told.items() for word in option)]


@dataclass(frozen=True)
class Ran:
    """A run as its senders and Rekognition saw it."""

    load: Load
    sent: list[Sample]
    seen: list[Seen]


def run(stack: Loaded, load: Load) -> Ran:
    """Headless, to the last answer."""
    return _ran(stack, load, load.options)


def watched(stack: Loaded, load: Load, port: int) -> Ran:
    """With locust's web UI, until somebody ends it by Ctrl-C."""
    print(f"Begin at http://127.0.0.1:{port} and end with Ctrl-C here: then comes the table.", flush=True)
    users = ["--users", str(ceil(load.rate)), "--spawn-rate", str(ceil(load.rate))]
    return _ran(stack, load, ["--web-host", "127.0.0.1", "--web-port", str(port), *users, *QUIET])


def _ran(stack: Loaded, load: Load, options: list[str]) -> Ran:
    with TemporaryDirectory() as folder:
        told, sampled, log = (Path(folder, name) for name in ("deployment.json", "samples.jsonl", "log"))
        told.write_text(json.dumps(dict(stack.deployed.told)))
        command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), load.way, *options]
        ours = ["--ask", load.ask, "--told", str(told), "--samples", str(sampled), "--exit-code-on-error", "0"]
        environment = os.environ | stack.environment | {"PYTHONPATH": str(ROOT)}
        began = time.time()
        with log.open("wb") as output:
            locust = subprocess.Popen([*command, *ours], env=environment, stdout=output, stderr=output)
            _wait(locust)
        sent = samples.read(sampled)
        if not sent:
            raise OperatorError(
                f"Nothing was sent. Locust says:\n{log.read_text().strip()[-2000:]}", "Mend what it names."
            )
        return Ran(load, sent, stack.look(began, time.time()))


def _wait(locust: subprocess.Popen[bytes]) -> None:
    try:
        locust.wait()
    except KeyboardInterrupt:
        # Locust got the same Ctrl-C, and waits for what is under way; a second one ends it.
        try:
            locust.wait()
        except KeyboardInterrupt:
            locust.kill()
            locust.wait()
