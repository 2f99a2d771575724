"""The users of a load test, for locust; `python -m tests.performance.load` runs it.

A user sends one image a second, at moments of chance (Poisson), whether or not the last one is done: callers are many,
and do not wait for one another. With `--each` it sends so many a second.
"""

import time
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import gevent
from gevent.pool import Group
from locust import User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from tests.performance.load.images import image
from tests.performance.load.samples import DONE, Sample
from tests.performance.load.ways import Way, requested, uploaded

# No image waits so long once no more are sent, unless it is lost.
PATIENCE_S = 180
UNDER_WAY = Group()
NUMBERS = count()


@events.init_command_line_parser.add_listener
def options(parser: LocustArgumentParser) -> None:
    """What `tests.performance.load` tells."""
    told: dict[str, dict[str, Any]] = {
        "--told": {"type": Path, "help": "Terraform's output `deployment`, as JSON"},
        "--samples": {"type": Path, "help": "where the samples go"},
        "--each": {"type": float, "default": 1.0, "help": "images a second of one user"},
        "--ask": {"help": "path of the API, and another API's address before it"},
    }
    for name, about in told.items():
        parser.add_argument(name, include_in_web_ui=False, **about)


@events.test_stop.add_listener
def finish(environment: Environment, **_: Any) -> None:
    """What is under way is waited for: an image that is late is not lost."""
    UNDER_WAY.join(PATIENCE_S)
    UNDER_WAY.kill()


class Sender(User):
    """One image, and again."""

    abstract = True
    way: Way

    def on_start(self) -> None:
        """Not all at once."""
        self.asked = self.environment.parsed_options
        self.name = f"load-{uuid4().hex[:12]}"
        # The same moments in every run, so that two ways to answer can be compared.
        self.chance = Random(next(NUMBERS))
        self.count = 0
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """Seconds until the next image."""
        return self.chance.expovariate(self.asked.each)

    @task
    def one(self) -> None:
        """Send it and go on."""
        self.count += 1
        UNDER_WAY.start(gevent.Greenlet(self.follow, f"{self.name}/{self.count}.jpg"))

    def follow(self, key: str) -> None:
        """One image to its end."""
        body, at = image(key), time.time()
        try:
            outcome, region, until = self.way(self.asked, key, body)
        except gevent.GreenletExit:
            outcome, region, until = "lost", "", time.time()
        except Exception as error:
            # Whatever it is, it is a figure: the sender did not get what it asked for.
            outcome, region, until = repr(error)[:80], "", time.time()
        sample = Sample(at, (until - at) * 1000, outcome, region)
        with self.asked.samples.open("a") as file:
            file.write(sample.line())
        self.environment.events.request.fire(
            request_type=type(self).__name__,
            name=region or outcome,
            response_time=sample.ms,
            response_length=0,
            exception=None if outcome == DONE else RuntimeError(outcome),
            context={},
        )


class Uploads(Sender):
    """Whoever puts images into the media bucket."""

    way = staticmethod(uploaded)


class Requests(Sender):
    """Whoever asks the API."""

    way = staticmethod(requested)
