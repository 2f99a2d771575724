"""Alarms keep their dimensions and expressions, so that a second plan has no changes."""

from uuid import uuid4

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from rekbridge.testing import Stack


def send_query_request(stack: Stack, action: str, **parameters: str) -> str:
    """CloudWatch's response in the query protocol, which Terraform's provider uses; boto3 uses another protocol."""
    fields = {"Action": action, "Version": "2010-08-01", **parameters}
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest("POST", stack.cloud.endpoint, headers, fields)
    SigV4Auth(Credentials("test", "test"), "monitoring", stack.deployed.home).add_auth(request)
    return URLLib3Session().send(request.prepare()).content.decode()


@pytest.mark.needs("alarms")
def test_an_alarm_keeps_its_dimensions(stack: Stack) -> None:
    name, queue = f"test-{uuid4().hex}", stack.deployed.outputs["queues"]["uploads"]["dlq_name"]
    alarm = {
        "AlarmName": name,
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions.member.1.Name": "QueueName",
        "Dimensions.member.1.Value": queue,
        "Statistic": "Maximum",
        "Period": "60",
        "EvaluationPeriods": "1",
        "Threshold": "0",
        "ComparisonOperator": "GreaterThanThreshold",
    }
    send_query_request(stack, "PutMetricAlarm", **alarm)
    try:
        response = send_query_request(stack, "DescribeAlarms", **{"AlarmNames.member.1": name})
    finally:
        stack.client("cloudwatch").delete_alarms(AlarmNames=[name])
    assert f"<Value>{queue}</Value>" in response


@pytest.mark.needs("alarms")
def test_an_operation_has_an_alarm_that_compares_two_metrics_of_this_deployment(stack: Stack) -> None:
    prefix = stack.deployed.outputs["prefix"]
    names = [f"{prefix}-stalled-{operation}" for operation in stack.deployed.operations]
    alarms = stack.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert sorted(alarm["AlarmName"] for alarm in alarms) == sorted(names)
    for alarm in alarms:
        watched = [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]
        operation = alarm["AlarmName"].removeprefix(f"{prefix}-stalled-")
        dimensions = [{"Name": "Deployment", "Value": prefix}, {"Name": "Operation", "Value": operation}]
        assert sorted(metric["MetricName"] for metric in watched) == ["StaleRuns", "StoredAnswers"]
        assert [sorted(metric["Dimensions"], key=lambda row: row["Name"]) for metric in watched] == [dimensions] * 2
