"""The metrics that the alarms of a plan watch, and those that AWS itself emits."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.plan.terraform_plan import PlannedResource, TerraformPlan

# Metrics of AWS and their dimensions, as its documentation lists them:
# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
AWS_METRICS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", frozenset({"QueueName"})),
    ("AWS/Lambda", "Errors", frozenset({"FunctionName"})),
    ("AWS/Lambda", "Throttles", frozenset({"FunctionName"})),
    ("AWS/ApiGateway", "5XXError", frozenset({"ApiName", "Stage"})),
}


@dataclass(frozen=True)
class Metric:
    """One metric; CloudWatch finds it by exactly these dimensions."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def list_metrics(alarm: PlannedResource) -> list[Metric]:
    """The metrics that an alarm watches: its own one, or those of its expression."""
    queries = [metric for query in alarm.values["metric_query"] or [] for metric in query["metric"]]
    return [
        Metric(row["namespace"], row["metric_name"], frozenset(row["dimensions"].items()))
        for row in queries or [alarm.values]
    ]


def iterate_watched_metrics(plan: TerraformPlan) -> Iterator[tuple[str, Metric]]:
    """Every alarm's address with each metric that it watches."""
    for alarm in plan.find_all("aws_cloudwatch_metric_alarm"):
        for metric in list_metrics(alarm):
            yield alarm.address, metric
