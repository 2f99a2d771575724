"""Calls that Rekognition received: from the local one's call log; on AWS from the metrics of ANALYZE and API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rekbridge.read_models.deployment import Deployment
from rekbridge.testing import LocalRekognition
from rekbridge_lambda.adapters.metrics import NAMESPACE

from tests.performance.load.samples import DONE, THROTTLED

# The metrics of rekbridge_lambda/adapters/rekognition.py.
METRICS = {"Calls": DONE, "Throttles": THROTTLED, "Errors": "error"}
OUTCOMES = {"ok": DONE, "ProvisionedThroughputExceededException": THROTTLED, "ThrottlingException": THROTTLED}
# AWS: a metric without high resolution is kept by the minute.
MINUTE = 60


@dataclass(frozen=True, slots=True)
class CallCount:
    """A number of calls with one outcome in one region, at a time (seconds since 1970)."""

    at: float
    region: str
    outcome: str
    count: int = 1


# Reads the calls between two times (seconds since 1970).
type CallReader = Callable[[float, float], list[CallCount]]


def create_log_reader(rekognition: LocalRekognition) -> CallReader:
    """Read the local Rekognition's log: one count per call."""

    def read(since: float, until: float) -> list[CallCount]:
        calls = [(datetime.fromisoformat(call.at).timestamp(), call) for call in rekognition.list_calls()]
        return [
            CallCount(at, call.region, OUTCOMES.get(call.answer, call.answer))
            for at, call in calls
            if since <= at <= until
        ]

    return read


def create_metrics_reader(deployed: Deployment) -> CallReader:
    """Read CloudWatch: one count per minute. The last minute appears there some minutes late."""
    cloudwatch = deployed.client("cloudwatch", deployed.home)
    deployment = {"Name": "Deployment", "Value": deployed.outputs["prefix"]}

    def build_queries() -> Iterator[tuple[str, str, dict[str, Any]]]:
        for operation, row in deployed.operations.items():
            for region in dict[str, Any](row)["regions"]:
                by = [deployment, {"Name": "Region", "Value": region}, {"Name": "Operation", "Value": operation}]
                for metric in METRICS:
                    yield region, metric, {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": by}

    def read(since: float, until: float) -> list[CallCount]:
        start, end = (datetime.fromtimestamp(at, UTC) for at in (since // MINUTE * MINUTE, until + MINUTE))
        return [
            CallCount(point["Timestamp"].timestamp(), region, METRICS[metric], round(point["Sum"]))
            for region, metric, query in build_queries()
            for point in cloudwatch.get_metric_statistics(
                **query, StartTime=start, EndTime=end, Period=MINUTE, Statistics=["Sum"]
            )["Datapoints"]
        ]

    return read
