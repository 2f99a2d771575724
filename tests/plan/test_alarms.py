"""Alarms: each has the threshold of its kind, in both regions, and watches nothing of another deployment."""

import re

from tests.plan.alarm_metrics import AWS_METRICS, iterate_watched_metrics, list_metrics
from tests.plan.terraform_plan import PlannedResource, TerraformPlan

# The kind of an alarm is the metric that it watches.
THRESHOLDS = {
    "ApproximateNumberOfMessagesVisible": 1,
    "Errors": 2,
    "Throttles": 3,
    "CircuitsOpened": 4,
    "5XXError": 5,
    "StaleRuns": 6,
    "StoredAnswers": 6,
}


def find_alarms(plan: TerraformPlan) -> list[PlannedResource]:
    return plan.find_all("aws_cloudwatch_metric_alarm")


def is_stalled(expression: str, stale: float, answers: float) -> bool:
    """Evaluates an alarm's IF(condition, then, else) of two metrics: whether its value is above zero."""
    condition, yes, no = re.fullmatch(r"IF\((\w+ > 0), (\w+), (\w+)\)", expression).groups()  # type: ignore[union-attr]
    values = {"stale": stale, "answers": answers, "0": 0.0}
    return values[yes if values[condition.partition(" ")[0]] > 0 else no] > 0


def test_an_alarm_fires_above_zero_by_default(plan: TerraformPlan) -> None:
    assert {alarm.values["threshold"] for alarm in find_alarms(plan)} == {0}
    assert {alarm.values["comparison_operator"] for alarm in find_alarms(plan)} == {"GreaterThanThreshold"}


def test_one_variable_changes_the_threshold_of_each_kind_of_alarm(largest_plan: TerraformPlan) -> None:
    thresholds = {
        (metric.name, alarm.values["threshold"])
        for alarm in find_alarms(largest_plan)
        for metric in list_metrics(alarm)
    }
    assert thresholds == set(THRESHOLDS.items())


def test_the_alarm_of_the_delivery_dlq_in_the_remote_region_has_the_threshold_of_dlqs(
    largest_plan: TerraformPlan,
) -> None:
    (alarm,) = [alarm for alarm in find_alarms(largest_plan) if alarm.provider == "aws.remote"]
    assert alarm.values["threshold"] == 1


def test_every_alarm_names_the_runbook(plan: TerraformPlan) -> None:
    for alarm in find_alarms(plan):
        assert "docs/operations.md" in alarm.values["alarm_description"], alarm.address


def test_every_operation_has_an_alarm_on_its_own_lack_of_progress(plan: TerraformPlan) -> None:
    names = {alarm.values["alarm_name"] for alarm in find_alarms(plan) if alarm.values["metric_query"]}
    assert names == {f"rekbridge-stalled-{operation}" for operation in ("faces", "labels", "text")}


def test_it_fires_while_images_wait_and_no_answer_is_stored_and_not_otherwise(plan: TerraformPlan) -> None:
    """An outage fires it; a bulk load that advances, and a deployment without work, do not."""
    for alarm in find_alarms(plan):
        for query in alarm.values["metric_query"] or []:
            if query["expression"]:
                outage, bulk_load, idle = (9.0, 0.0), (500.0, 40.0), (0.0, 0.0)
                fired = [is_stalled(query["expression"], *case) for case in (outage, bulk_load, idle)]
                assert fired == [True, False, False]


def test_its_period_is_the_time_between_two_sweeps(plan: TerraformPlan) -> None:
    (rule,) = plan.find_all("aws_cloudwatch_event_rule")
    assert rule.values["schedule_expression"] == "rate(5 minutes)"
    for alarm in find_alarms(plan):
        periods = {metric["period"] for query in alarm.values["metric_query"] or [] for metric in query["metric"]}
        assert periods <= {300}
        assert not periods or alarm.values["evaluation_periods"] == 3


def test_an_alarm_watches_a_metric_of_its_deployment_or_one_that_aws_has(plan: TerraformPlan) -> None:
    for address, metric in iterate_watched_metrics(plan):
        names = frozenset(name for name, _ in metric.dimensions)
        assert metric.namespace == "Rekbridge" or (metric.namespace, metric.name, names) in AWS_METRICS, address


def test_no_alarm_can_be_moved_by_another_deployment(plan: TerraformPlan, second_plan: TerraformPlan) -> None:
    watched = {metric for _, metric in iterate_watched_metrics(plan)}
    assert not watched & {metric for _, metric in iterate_watched_metrics(second_plan)}


def test_the_dimensions_of_every_alarm_name_its_deployment(second_plan: TerraformPlan) -> None:
    for address, metric in iterate_watched_metrics(second_plan):
        dimensions = dict(metric.dimensions)
        if metric.namespace == "Rekbridge":
            assert dimensions["Deployment"] == "rekbridge-test", address
        else:
            assert any(value.startswith("rekbridge-test-") for value in dimensions.values()), address
