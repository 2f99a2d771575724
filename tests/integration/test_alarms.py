"""Alarms: what they are about is kept, so that the next plan finds them as they are."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from rekbridge.testing import Stack


@pytest.fixture
def alarm(stack: Stack) -> Iterator[dict[str, Any]]:
    """One about the uploads' dead letters, as the target gives it back."""
    cloudwatch, name = stack.client("cloudwatch"), f"test-{uuid4().hex}"
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": stack.deployed.told["queues"]["uploads"]["dead_name"]}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    yield found
    cloudwatch.delete_alarms(AlarmNames=[name])


@pytest.mark.needs("alarms")
def test_an_alarm_keeps_its_dimensions(stack: Stack, alarm: dict[str, Any]) -> None:
    queue = stack.deployed.told["queues"]["uploads"]["dead_name"]
    assert alarm.get("Dimensions") == [{"Name": "QueueName", "Value": queue}]
