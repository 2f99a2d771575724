"""The users of a load test, for locust; `python -m tests.performance.load` runs it.

A user sends one image a second, at moments of chance (Poisson), whether or not the last one is done: callers are many,
and do not wait for one another. With `--each` it sends so many a second.
"""

import json
import time
from collections import deque
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import boto3
import gevent
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from gevent.event import AsyncResult
from gevent.pool import Group
from locust import User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from rekbridge.api import Api
from rekbridge.errors import OperatorError
from rekbridge.records.deployed import Deployed
from rekbridge.records.library import Library, Story, Version

from tests.performance.load.images import image
from tests.performance.load.samples import DONE, THROTTLED, Sample

# One look at the library asks about so many images, and the next comes so much later.
LOOK, PAUSE_S = 50, 1.0
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


@cache
def deployed(told: Path) -> Deployed:
    """The stack; boto3 takes addresses and credentials from the environment."""
    return Deployed(json.loads(told.read_text()), cache(lambda service, region: boto3.client(service, region)))


class Sender(User):
    """One image, and again."""

    abstract = True

    def on_start(self) -> None:
        """Not all at once."""
        self.asked = self.environment.parsed_options
        self.deployed, self.name = deployed(self.asked.told), f"load-{uuid4().hex[:12]}"
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
            outcome, region, until = self.send(key, body)
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

    def send(self, key: str, body: bytes) -> tuple[str, str, float]:
        """What became of it, in which region, and when."""
        raise NotImplementedError


class Uploads(Sender):
    """Into the media bucket, until ROUTE has put every result into the library."""

    def send(self, key: str, body: bytes) -> tuple[str, str, float]:
        bucket = self.deployed.bucket("media")
        put = self.deployed.client("s3", self.deployed.home).put_object(Bucket=bucket, Key=key, Body=body)
        story = watch(self.asked.told).settled(Version(key, put["VersionId"]))
        found = story.results.values()
        bad = [one.code or one.answer_status for one in found if one.answer_status != DONE]
        until = max((one.routed_at for one in found), default=round(time.time() * 1000)) / 1000
        return story.code or (bad[0] if bad else DONE), "+".join(sorted({one.region for one in found})), until


class Requests(Sender):
    """`POST /analyze/{operation}`, signed, until its answer."""

    def send(self, key: str, body: bytes) -> tuple[str, str, float]:
        address, _, operation = self.asked.ask.rpartition("/analyze/")
        api = Api(address or self.deployed.api_url, self.deployed.home, credentials())
        answer = api.request("POST", f"/analyze/{operation}", body, {"Content-Type": "image/jpeg"})
        if answer.status == 200:
            return DONE, answer.json()["Rekbridge"]["region"], time.time()
        return THROTTLED if answer.status == 429 else f"HTTP {answer.status}", "", time.time()


@cache
def credentials() -> Credentials:
    """The environment's, or the operator's profile."""
    found = boto3.Session().get_credentials()
    if found is None:
        raise OperatorError("AWS finds no credentials of yours.", "Set a profile: export AWS_PROFILE=…")
    return found


class Watch:
    """Looks for all uploads together: one read serves many."""

    def __init__(self, library: Library) -> None:
        self.library, self.waiting = library, deque[tuple[Version, AsyncResult]]()
        gevent.spawn(self.look)

    def settled(self, version: Version) -> Story:
        """What became of an upload, once nothing more will happen."""
        result = AsyncResult()
        self.waiting.append((version, result))
        story: Story = result.get()
        return story

    def look(self) -> None:
        """As long as locust runs."""
        while True:
            some = [self.waiting.popleft() for _ in range(min(LOOK, len(self.waiting)))]
            try:
                stories = self.library.stories(version for version, _ in some)
            except (BotoCoreError, ClientError) as error:
                for _, result in some:
                    result.set_exception(error)
                continue
            for (version, result), story in zip(some, stories, strict=True):
                if story.settled:
                    result.set(story)
                else:
                    self.waiting.append((version, result))
            gevent.sleep(PAUSE_S)


@cache
def watch(told: Path) -> Watch:
    """The one of a stack."""
    return Watch(Library(deployed(told)))
