"""What reached Rekognition, as it saw it: the local one's call log; on AWS what ANALYZE and API wrote as metrics."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rekbridge.read_models.deployed import Deployed
from rekbridge.testing import Rekognition
from rekbridge_lambda.adapters.metrics import NAMESPACE

from tests.performance.load.samples import DONE, THROTTLED

# rekbridge_lambda/adapters/rekognition.py counts by these names.
METRICS = {"Calls": DONE, "Throttles": THROTTLED, "Errors": "error"}
ANSWERS = {"ok": DONE, "ProvisionedThroughputExceededException": THROTTLED, "ThrottlingException": THROTTLED}
# AWS: a metric without high resolution is kept by the minute.
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """So many calls with one outcome in one region, at a time (seconds since 1970)."""

    at: float
    region: str
    outcome: str
    count: int = 1


type Look = Callable[[float, float], list[Seen]]


def by_log(rekognition: Rekognition) -> Look:
    """Call by call."""

    def look(since: float, until: float) -> list[Seen]:
        calls = [(datetime.fromisoformat(call.at).timestamp(), call) for call in rekognition.calls()]
        return [
            Seen(at, call.region, ANSWERS.get(call.answer, call.answer)) for at, call in calls if since <= at <= until
        ]

    return look


def by_metrics(deployed: Deployed) -> Look:
    """Minute by minute; CloudWatch has the last one after some minutes."""
    cloudwatch = deployed.client("cloudwatch", deployed.home)

    def queries() -> Iterator[tuple[str, str, dict[str, Any]]]:
        for operation, row in deployed.operations.items():
            for region in dict[str, Any](row)["regions"]:
                for metric in METRICS:
                    names = [{"Name": "Region", "Value": region}, {"Name": "Operation", "Value": operation}]
                    yield region, metric, {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": names}

    def look(since: float, until: float) -> list[Seen]:
        start, end = (datetime.fromtimestamp(at, UTC) for at in (since // MINUTE * MINUTE, until + MINUTE))
        return [
            Seen(point["Timestamp"].timestamp(), region, METRICS[metric], round(point["Sum"]))
            for region, metric, query in queries()
            for point in cloudwatch.get_metric_statistics(
                **query, StartTime=start, EndTime=end, Period=MINUTE, Statistics=["Sum"]
            )["Datapoints"]
        ]

    return look
