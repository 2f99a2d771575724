"""What the load test reads of an AWS account: the metrics of ANALYZE and API, out of moto's CloudWatch."""

from collections.abc import Iterator
from datetime import UTC, datetime

import moto
import pytest

# An AWS session made before moto is imported escapes the mock.
import boto3  # isort: skip
from rekbridge.read_models.deployed import Deployed

from tests.performance.load.samples import DONE, THROTTLED
from tests.performance.load.seen import Seen, by_metrics

AT = datetime(2026, 11, 21, 10, 30, 20, tzinfo=UTC)
TOLD = {
    "target": "aws",
    "regions": {"home": "eu-west-3", "remote": "eu-west-1"},
    "operations": {"faces": {"way": "bytes", "regions": {"eu-west-1": {"tps": 5}, "eu-central-1": {"tps": 5}}}},
}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with moto.mock_aws():
        yield Deployed(TOLD, lambda service, region: boto3.client(service, region))


def count(deployed: Deployed, name: str, region: str) -> None:
    """As CloudWatch reads it out of a line of rekbridge_lambda/adapters/metrics.py."""
    dimensions = [{"Name": "Region", "Value": region}, {"Name": "Operation", "Value": "faces"}]
    datum = {"MetricName": name, "Dimensions": dimensions, "Value": 1, "Timestamp": AT, "Unit": "Count"}
    deployed.client("cloudwatch", "eu-west-3").put_metric_data(Namespace="Rekbridge", MetricData=[datum])


def test_calls_and_throttles_are_read_by_region(deployed: Deployed) -> None:
    for name, region in [("Calls", "eu-west-1"), ("Calls", "eu-west-1"), ("Throttles", "eu-central-1")]:
        count(deployed, name, region)
    seen = by_metrics(deployed)(AT.timestamp() - 5, AT.timestamp() + 5)
    told = {(one.region, one.outcome): one.count for one in seen}
    assert told == {("eu-west-1", DONE): 2, ("eu-central-1", THROTTLED): 1}


def test_what_was_counted_before_the_run_is_left_out(deployed: Deployed) -> None:
    count(deployed, "Calls", "eu-west-1")
    assert by_metrics(deployed)(AT.timestamp() + 600, AT.timestamp() + 700) == list[Seen]()
