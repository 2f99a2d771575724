"""The load test's upload path: locust, headless, against moto's S3 and DynamoDB, in which a thread plays INGEST."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Version
from rekbridge_lambda.adapters.dynamodb.items import typed

from tests.performance.load.run import UPLOADS, Load, run
from tests.performance.load.stacks import Loaded

HOME = "eu-west-3"
TOLD = {
    "target": "aws",
    "regions": {"home": HOME, "remote": "eu-west-1"},
    "buckets": {"media": "media"},
    "tables": {"library": "library"},
    "operations": {"faces": {"way": "bytes"}},
}
KEYS: Any = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


@pytest.fixture
def stack() -> Iterator[Loaded]:
    """A media bucket, a library, and somebody who refuses every upload as unreadable."""
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
    ended = Event()

    def refuse() -> None:
        while not ended.wait(0.2):
            for one in s3.list_object_versions(Bucket="media").get("Versions", []):
                row = Version(one["Key"], one["VersionId"]).row | {"code": "unreadable-media"}
                dynamodb.put_item(TableName="library", Item=typed(row))

    ingest = Thread(target=refuse)
    ingest.start()
    yield Loaded(Deployed(TOLD, lambda *_: None), environment, lambda *_: [])
    ended.set()
    ingest.join()
    server.stop()


def test_an_upload_is_followed_to_what_the_library_says_of_it(stack: Loaded) -> None:
    ran = run(stack, Load(UPLOADS, rate=10, seconds=5))
    assert len(ran.sent) >= 3
    assert {one.outcome for one in ran.sent} == {"unreadable-media"}
