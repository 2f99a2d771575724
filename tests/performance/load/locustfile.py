"""The users of a load test, for locust; `python -m tests.performance.load` runs it.

A user sends one image a second at random times (Poisson), whether or not the last image has ended: in reality there are
many callers, who do not wait for one another. `--rate-per-user` is another rate.
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

from tests.performance.load.images import make_image
from tests.performance.load.samples import DONE, ImageSample
from tests.performance.load.senders import ImageOutcome, ImageSender, send_request, send_upload

# An image that has no result so long after the last one was sent is counted as lost.
DRAIN_TIMEOUT_S = 180
IN_FLIGHT = Group()
USER_NUMBERS = count()


@events.init_command_line_parser.add_listener
def add_options(parser: LocustArgumentParser) -> None:
    """The options that `tests.performance.load` passes."""
    options: dict[str, dict[str, Any]] = {
        "--deployment": {"type": Path, "help": "Terraform's output `deployment`, as JSON"},
        "--samples": {"type": Path, "help": "file for the samples"},
        "--rate-per-user": {"type": float, "default": 1.0, "help": "images a second of one user"},
        "--api-path": {"help": "path of the API; the address of another API may stand before it"},
    }
    for name, settings in options.items():
        parser.add_argument(name, include_in_web_ui=False, **settings)


@events.test_stop.add_listener
def drain(environment: Environment, **_: Any) -> None:
    """Wait for the images in flight: one that is late is not lost."""
    IN_FLIGHT.join(DRAIN_TIMEOUT_S)
    IN_FLIGHT.kill()


class LoadUser(User):
    """Sends images."""

    abstract = True
    send: ImageSender

    def on_start(self) -> None:
        """Wait before the first image, so that not all users send at once."""
        self.options = self.environment.parsed_options
        self.name = f"load-{uuid4().hex[:12]}"
        # The same times in every run, so that two systems can be compared.
        self.rng = Random(next(USER_NUMBERS))
        self.count = 0
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """Seconds until the next image."""
        return self.rng.expovariate(self.options.rate_per_user)

    @task
    def send_next(self) -> None:
        """Send an image without waiting for its outcome."""
        self.count += 1
        IN_FLIGHT.start(gevent.Greenlet(self.follow_image, f"{self.name}/{self.count}.jpg"))

    def follow_image(self, key: str) -> None:
        """Send one image, wait for its outcome and write its sample."""
        body, sent_at = make_image(key), time.time()
        try:
            ended = self.send(self.options, key, body)
        except gevent.GreenletExit:
            ended = ImageOutcome("lost", "", time.time())
        except Exception as error:
            # Every error counts: the sender did not get its result.
            ended = ImageOutcome(repr(error)[:80], "", time.time())
        sample = ImageSample(sent_at, (ended.ended_at - sent_at) * 1000, ended.outcome, ended.region)
        with self.options.samples.open("a") as file:
            file.write(sample.to_line())
        self.environment.events.request.fire(
            request_type=type(self).__name__,
            name=sample.region or sample.outcome,
            response_time=sample.ms,
            response_length=0,
            exception=None if sample.outcome == DONE else RuntimeError(sample.outcome),
            context={},
        )


class UploadUser(LoadUser):
    """Puts images into the media bucket."""

    send = staticmethod(send_upload)


class RequestUser(LoadUser):
    """Sends requests to the REST API."""

    send = staticmethod(send_request)
