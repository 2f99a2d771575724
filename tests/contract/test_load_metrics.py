"""What the load test reads from an AWS account: the metrics of ANALYZE and API, here in moto's CloudWatch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import moto
import pytest

# moto does not intercept the calls of a session that was created before moto was imported.
import boto3  # isort: skip
from rekbridge.read_models.deployment import Deployment

from tests.performance.load.call_counts import CallCount, create_metrics_reader
from tests.performance.load.samples import DONE, THROTTLED

AT = datetime(2026, 11, 21, 10, 30, 20, tzinfo=UTC)
DEPLOYMENT = {
    "target": "aws",
    "prefix": "rekbridge",
    "regions": {"home": "eu-west-3", "remote": "eu-west-1"},
    "operations": {"faces": {"transfer": "bytes", "regions": {"eu-west-1": {"tps": 5}, "eu-central-1": {"tps": 5}}}},
}


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with moto.mock_aws():
        yield Deployment(DEPLOYMENT, lambda service, region: boto3.client(service, region))


def put_count(deployment: Deployment, name: str, region: str, prefix: str = "rekbridge", at: datetime = AT) -> None:
    """One count, as CloudWatch extracts it from a log line of rekbridge_lambda/adapters/metrics.py."""
    values = {"Deployment": prefix, "Region": region, "Operation": "faces"}
    dimensions = [{"Name": name, "Value": value} for name, value in values.items()]
    datum = {"MetricName": name, "Dimensions": dimensions, "Value": 1, "Timestamp": at, "Unit": "Count"}
    deployment.client("cloudwatch", "eu-west-3").put_metric_data(Namespace="Rekbridge", MetricData=[datum])


def test_calls_and_throttles_are_counted_by_region(deployment: Deployment) -> None:
    for name, region in [("Calls", "eu-west-1"), ("Calls", "eu-west-1"), ("Throttles", "eu-central-1")]:
        put_count(deployment, name, region)
    calls = create_metrics_reader(deployment)(AT.timestamp() - 5, AT.timestamp() + 5)
    counts = {(call.region, call.outcome): call.count for call in calls}
    assert counts == {("eu-west-1", DONE): 2, ("eu-central-1", THROTTLED): 1}


def test_what_was_counted_before_the_run_is_left_out(deployment: Deployment) -> None:
    put_count(deployment, "Calls", "eu-west-1")
    calls = create_metrics_reader(deployment)(AT.timestamp() + 600, AT.timestamp() + 700)
    assert calls == list[CallCount]()


def test_the_calls_of_another_deployment_in_the_account_are_left_out(deployment: Deployment) -> None:
    later = AT + timedelta(hours=1)
    put_count(deployment, "Calls", "eu-west-1", "rekbridge-test", later)
    calls = create_metrics_reader(deployment)(later.timestamp() - 5, later.timestamp() + 5)
    assert calls == list[CallCount]()
