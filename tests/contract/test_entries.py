"""The five Lambdas as they are deployed, one image through all of them: real entries and adapters, AWS by moto.

Each with botocore's data as its own zip has it: an operation that is called and not in there fails here.
"""

import importlib
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest
from PIL import Image
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.dynamodb.items import plain

from tests.builders import HOME, REMOTE, packed, s3_event, sqs_record, upload
from tests.contract import zipped
from tests.contract.cloud import Cloud

STATIONS = ("ingest", "bridge", "analyze", "route", "sweep")


class Context:
    """What Lambda hands a handler."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Deployed:
    """The Lambdas with everything they are told of in their environment."""

    def __init__(self, cloud: Cloud, environment: pytest.MonkeyPatch) -> None:
        self.cloud, self.environment = cloud, environment
        self.media, self.results = cloud.bucket(versioned=True), cloud.bucket()
        self.table, self.ledger = cloud.library(), cloud.ledger()
        self.far = aws.client("s3", REMOTE)
        self.staging = f"staging-{self.media}"
        self.far.create_bucket(Bucket=self.staging, CreateBucketConfiguration={"LocationConstraint": REMOTE})
        self.queues = {name: cloud.queue() for name in ("uploads", "bridge", "results", "labels", "text", "dead")}
        ways = {"labels": "bytes", "text": "staged"}
        cloud.client("events").create_event_bus(Name=self.media)
        told = {
            "MEDIA_BUCKET": self.media,
            "PREPARED_BUCKET": cloud.bucket(),
            "RESULTS_BUCKET": self.results,
            "STAGING_BUCKET": self.staging,
            "LIBRARY_TABLE": self.table,
            "LEDGER_TABLE": self.ledger,
            "PACE_TABLE": cloud.pace(),
            "EVENT_BUS": self.media,
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
            "REMOTE_REGION": REMOTE,
            "PATIENCE_S": "900",
            "LONGEST_STAY_S": "86400",
            **{f"{name.upper()}_QUEUE": self.queues[name] for name in ("uploads", "bridge", "results")},
            **{f"{name}_DEAD": self.queues["dead"] for name in ("UPLOADS", "BRIDGE", "RESULTS")},
            "OPERATIONS": packed({name: self.operation(name, way) for name, way in ways.items()}),
        }
        for name, value in told.items():
            environment.setenv(name, value)
        self.stations = {name: self.started(name) for name in STATIONS}

    def started(self, station: str) -> ModuleType:
        """A station at its cold start, and botocore as it has it."""
        self.environment.setattr(aws, "SESSION", zipped.session(station))
        return importlib.reload(importlib.import_module(f"rekbridge_lambda.entrypoints.{station}"))

    def operation(self, name: str, way: str) -> dict[str, Any]:
        regions = {REMOTE: {"tps": 50, "weight": 1}}
        return {"way": way, "regions": regions, "settings": {}, "queue": self.queues[name], "dead": self.queues["dead"]}

    def invoke(self, station: str, queue: str, *bodies: Any) -> None:
        """Let a station do these messages; all of them must be done with."""
        name = self.queues[queue].rpartition("/")[2]
        # Some clients are made when they are first needed.
        self.environment.setattr(aws, "SESSION", zipped.session(station))
        records = [sqs_record(body, queue=name) for body in bodies]
        assert self.stations[station].handler({"Records": records}, Context()) == {"batchItemFailures": []}

    def upload(self, key: str) -> None:
        """Put a picture into the media bucket and tell INGEST."""
        file = BytesIO()
        Image.new("RGB", (120, 90), "teal").save(file, "PNG")
        kept = self.cloud.client("s3").put_object(Bucket=self.media, Key=key, Body=file.getvalue())
        self.invoke("ingest", "uploads", s3_event(upload(key, kept["VersionId"], len(file.getvalue()))))

    def staged(self) -> list[str]:
        return [copy["Key"] for copy in self.far.list_objects_v2(Bucket=self.staging).get("Contents", [])]

    def arrive(self) -> None:
        for key in self.staged():
            self.invoke("bridge", "bridge", s3_event(upload(key, "null")))

    def work(self) -> None:
        for name in ("labels", "text"):
            for body in self.cloud.bodies(self.queues[name]):
                self.invoke("analyze", name, body)

    def route(self) -> None:
        self.invoke("route", "results", *self.cloud.bodies(self.queues["results"]))

    def rows(self, prefix: str) -> list[dict[str, Any]]:
        return [row for row in map(plain, self.cloud.rows(self.table)) if row["pk"].startswith(prefix)]


@pytest.fixture
def deployed(cloud: Cloud) -> Iterator[Deployed]:
    with pytest.MonkeyPatch.context() as environment:
        yield Deployed(cloud, environment)


def test_an_image_goes_both_ways_and_leaves_nothing_behind(deployed: Deployed) -> None:
    deployed.upload("anna/my picture+1 käse.png")
    assert len(deployed.staged()) == 1
    deployed.arrive()
    deployed.work()
    deployed.route()
    results = {row["operation"]: row for row in deployed.rows("IMAGE#") if row["sk"].startswith("RESULT#")}
    assert {name: (row["answer_status"], row["way"]) for name, row in results.items()} == {
        "labels": ("done", "bytes"),
        "text": ("done", "staged"),
    }
    [run] = deployed.rows("RUN#")
    assert not {"pending", "due_at"} & run.keys()
    assert deployed.staged() == []
    assert {row["images"] for row in deployed.rows("COUNT#anna#")} == {1}


def test_the_same_picture_again_is_paid_for_once(deployed: Deployed) -> None:
    for key in ("anna/a.png", "anna/b.png"):
        deployed.upload(key)
        deployed.arrive()
        deployed.work()
    attempts = [plain(row)["attempts"] for row in deployed.cloud.rows(deployed.ledger)]
    assert sorted(len(tried) for tried in attempts) == [1, 1]


def test_what_is_no_picture_keeps_its_reason(deployed: Deployed) -> None:
    kept = deployed.cloud.client("s3").put_object(Bucket=deployed.media, Key="anna/note.txt", Body=b"hello")
    deployed.invoke("ingest", "uploads", s3_event(upload("anna/note.txt", kept["VersionId"], 5)))
    [row] = deployed.rows("SOURCE#anna/note.txt")
    assert row["code"] == "unreadable-image"


def test_s3s_test_event_is_done_with(deployed: Deployed) -> None:
    for station, queue in (("ingest", "uploads"), ("bridge", "bridge")):
        deployed.invoke(station, queue, {"Service": "Amazon S3", "Event": "s3:TestEvent"})


def test_a_poisoned_work_message_is_buried(deployed: Deployed) -> None:
    deployed.invoke("analyze", "labels", {"schema": 99})
    assert deployed.cloud.bodies(deployed.queues["dead"]) == ['{"schema": 99}']


def test_a_sweep_of_a_quiet_library_finds_nothing(deployed: Deployed) -> None:
    assert deployed.stations["sweep"].handler({}, Context()) == {"sent_again": 0, "staged_copies_deleted": 0}


@pytest.mark.parametrize("station", ["ingest", "analyze", "route", "sweep"])
def test_staged_copies_are_handled_in_their_own_region(deployed: Deployed, station: str) -> None:
    # moto knows no regions of buckets; AWS answers a call to another region with an error.
    assert getattr(deployed.stations[station], station).staging.s3.meta.region_name == REMOTE
