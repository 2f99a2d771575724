"""Uploads of the load test: locust, without its web UI, against moto's S3 and DynamoDB; a thread acts as INGEST."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import serialize
from rekbridge_lambda.domain.runs import Source

from tests.performance.load.run import UPLOADS, LoadProfile, run_load
from tests.performance.load.stacks import LoadTarget

HOME = "eu-west-3"
DEPLOYMENT = {
    "target": "aws",
    "regions": {"home": HOME, "remote": "eu-west-1"},
    "buckets": {"media": "media"},
    "tables": {"library": "library"},
    "operations": {"faces": {"transfer": "bytes"}},
}
KEYS: Any = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


@pytest.fixture
def stack() -> Iterator[LoadTarget]:
    """A media bucket, a library, and a thread that rejects every upload as unreadable."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    session = boto3.Session("AKID", "secret", region_name=HOME)
    s3 = session.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"])
    dynamodb = session.client("dynamodb", endpoint_url=environment["AWS_ENDPOINT_URL"])
    s3.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
    attributes: Any = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    dynamodb.create_table(
        TableName="library", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes, KeySchema=KEYS
    )
    stopped = Event()

    def reject_uploads() -> None:
        while not stopped.wait(0.2):
            for stored in s3.list_object_versions(Bucket="media").get("Versions", []):
                version = ObjectVersion(stored["Key"], stored["VersionId"])
                rejection = Source(version.to_upload(), code="unreadable-image", reason="rejected by the test")
                row = library_rows.build_source_row(rejection)
                dynamodb.put_item(TableName="library", Item=serialize(row))

    ingest = Thread(target=reject_uploads)
    ingest.start()
    yield LoadTarget(Deployment(DEPLOYMENT, lambda *_: None), environment, lambda *_: [])
    stopped.set()
    ingest.join()
    server.stop()


def test_a_sample_has_the_outcome_that_the_library_holds(stack: LoadTarget) -> None:
    load_run = run_load(stack, LoadProfile(UPLOADS, rate=10, seconds=5))
    assert len(load_run.samples) >= 3
    assert {sample.outcome for sample in load_run.samples} == {"unreadable-image"}
