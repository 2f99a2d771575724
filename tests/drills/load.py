"""Work under way: images that are uploaded all the time, and where they are meanwhile."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from rekbridge.read_models.deployment import DeployedQueue, Deployment
from rekbridge.read_models.uploads import ObjectVersion

from tests.integration.sample_images import make_image

SAMPLE_INTERVAL_S = 0.5


@dataclass
class Uploader:
    """Uploads images of different pixels, each under its own key."""

    deployed: Deployment
    at_most: int
    versions: list[ObjectVersion] = field(default_factory=list)

    def upload(self) -> None:
        """Upload the next image, if there are not enough yet."""
        if len(self.versions) >= self.at_most:
            return
        s3, bucket = self.deployed.client("s3", self.deployed.home), self.deployed.get_bucket("media")
        key = f"drill/{len(self.versions):05}.jpg"
        response = s3.put_object(Bucket=bucket, Key=key, Body=make_image(key))
        self.versions.append(ObjectVersion(key, response["VersionId"]))

    @contextmanager
    def upload_meanwhile(self, interval_s: float) -> Iterator[None]:
        """Upload an image every `interval_s` seconds while the block runs."""
        with run_meanwhile(self.upload, interval_s):
            yield


@dataclass
class WorkSampler:
    """Counts what is under way in each place: messages by queue, staged copies, leases. Keeps the highest count."""

    deployed: Deployment
    highest: Counter[str] = field(default_factory=Counter)

    def count(self) -> Mapping[str, int]:
        """The work in each place now."""
        queues = self.deployed.outputs["queues"]
        named = {"uploads": queues["uploads"], "bridge": queues["bridge"], "results": queues["results"]}
        named |= {f"work {name}": row for name, row in queues["work"].items()}
        counts = {name: self._count_messages(row) for name, row in named.items()}
        counts |= {"staged copies": self._count_staged_copies(), "leases": self._count_leases()}
        self.highest |= Counter(counts)
        return counts

    @contextmanager
    def sample_meanwhile(self) -> Iterator[None]:
        """Count again and again while the block runs; `highest` is of this block only."""
        self.highest.clear()
        with run_meanwhile(self.count, SAMPLE_INTERVAL_S):
            yield

    def _count_messages(self, row: Mapping[str, str]) -> int:
        return self.deployed.get_queue_depth(DeployedQueue(row["name"], row["url"], self.deployed.home))

    def _count_staged_copies(self) -> int:
        s3, bucket = self.deployed.client("s3", self.deployed.remote), self.deployed.get_bucket("staging")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return sum(len(page.get("Contents", [])) for page in pages)

    def _count_leases(self) -> int:
        dynamodb, table = self.deployed.client("dynamodb", self.deployed.home), self.deployed.get_table("claims")
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression="lease_until > :now",
            ExpressionAttributeValues={":now": {"N": str(round(time.time() * 1000))}},
        )
        return sum(page["Count"] for page in pages)


@contextmanager
def run_meanwhile(step: Callable[[], object], interval_s: float) -> Iterator[None]:
    """Run a step every `interval_s` seconds in a thread while the block runs. Its end raises what the step raised."""
    stopped, errors = Event(), list[Exception]()

    def run() -> None:
        try:
            while not stopped.is_set():
                started_at = time.monotonic()
                step()
                stopped.wait(max(0, started_at + interval_s - time.monotonic()))
        except Exception as error:
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
    if errors:
        raise errors[0]
