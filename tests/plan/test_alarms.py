"""Alarms: each has the threshold of its kind, in both regions."""

from tests.plan.terraform_plan import PlannedResource, TerraformPlan

# The kind of an alarm is the metric that it watches.
THRESHOLDS = {
    "ApproximateNumberOfMessagesVisible": 1,
    "Errors": 2,
    "Throttles": 3,
    "CircuitsOpened": 4,
    "5XXError": 5,
    "StaleRuns": 6,
}


def find_alarms(plan: TerraformPlan) -> list[PlannedResource]:
    return plan.find_all("aws_cloudwatch_metric_alarm")


def test_an_alarm_fires_above_zero_by_default(plan: TerraformPlan) -> None:
    assert {alarm.values["threshold"] for alarm in find_alarms(plan)} == {0}
    assert {alarm.values["comparison_operator"] for alarm in find_alarms(plan)} == {"GreaterThanThreshold"}


def test_one_variable_changes_the_threshold_of_each_kind_of_alarm(largest_plan: TerraformPlan) -> None:
    thresholds = {(alarm.values["metric_name"], alarm.values["threshold"]) for alarm in find_alarms(largest_plan)}
    assert thresholds == set(THRESHOLDS.items())


def test_the_alarm_of_the_delivery_dlq_in_the_remote_region_has_the_threshold_of_dlqs(
    largest_plan: TerraformPlan,
) -> None:
    (alarm,) = [alarm for alarm in find_alarms(largest_plan) if alarm.provider == "aws.remote"]
    assert alarm.values["threshold"] == 1


def test_every_alarm_names_the_runbook(plan: TerraformPlan) -> None:
    for alarm in find_alarms(plan):
        assert "docs/operations.md" in alarm.values["alarm_description"], alarm.address
