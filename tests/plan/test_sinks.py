"""Sinks in a whole plan: permissions, DLQs, alarms, and where the events may go."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plan.conftest import BOUNDARY
from tests.plan.terraform_plan import PlannedResource, TerraformPlan

SINKS = ("audit", "clerk", "crm", "mail", "team")
MODULE = "module.sinks"


@pytest.fixture(scope="module")
def sinks_plan(load_plan: Callable[[Path], TerraformPlan]) -> TerraformPlan:
    return load_plan(Path(__file__).with_name("sinks.tfvars"))


def find_own(plan: TerraformPlan, resource_type: str) -> list[PlannedResource]:
    return [resource for resource in plan.find_all(resource_type) if resource.module.startswith(MODULE)]


def test_every_sink_has_a_dlq_that_admits_its_rule_alone(sinks_plan: TerraformPlan) -> None:
    senders = {
        queue.values["name"]: [
            (*statement["Principal"]["Service"], statement["Condition"]["ArnEquals"]["aws:SourceArn"])
            for statement in queue.parse_policy()
            if statement["Effect"] == "Allow"
        ]
        for queue in find_own(sinks_plan, "aws_sqs_queue")
    }
    rule = "arn:aws:events:eu-west-3:123456789012:rule/rekbridge/rekbridge-sink-"
    assert senders == {
        f"rekbridge-sink-{name}-delivery-dlq": [("events.amazonaws.com", f"{rule}{name}")] for name in SINKS
    }


def test_every_sink_has_an_alarm_on_its_dlq(sinks_plan: TerraformPlan) -> None:
    watched = {alarm.values["dimensions"]["QueueName"] for alarm in find_own(sinks_plan, "aws_cloudwatch_metric_alarm")}
    assert watched == {queue.values["name"] for queue in find_own(sinks_plan, "aws_sqs_queue")}


def test_a_role_may_do_one_thing_with_one_target(sinks_plan: TerraformPlan) -> None:
    statements = [policy.parse_policy() for policy in find_own(sinks_plan, "aws_iam_role_policy")]
    assert sorted((one["Action"], one["Resource"]) for [one] in statements) == [
        (
            ["events:InvokeApiDestination"],
            ["arn:aws:events:eu-west-3:123456789012:api-destination/crm/0a1b2c3d-0000-0000-0000-000000000000"],
        ),
        (["events:PutEvents"], ["arn:aws:events:eu-west-3:999999999999:event-bus/audit"]),
    ]


def test_the_roles_of_sinks_are_eventbridges_and_have_path_and_boundary(sinks_plan: TerraformPlan) -> None:
    for role in find_own(sinks_plan, "aws_iam_role"):
        assert (role.values["path"], role.values["permissions_boundary"]) == ("/rekbridge/", BOUNDARY)
        [statement] = role.parse_policy("assume_role_policy")
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}


def test_a_function_admits_the_rule_of_its_sink_alone(sinks_plan: TerraformPlan) -> None:
    [permission] = find_own(sinks_plan, "aws_lambda_permission")
    assert permission.values["principal"] == "events.amazonaws.com"
    assert permission.values["source_arn"].endswith(":rule/rekbridge/rekbridge-sink-clerk")


def test_all_of_it_is_in_the_home_region(sinks_plan: TerraformPlan) -> None:
    own = [resource for resource in sinks_plan.resources if resource.module.startswith(MODULE)]
    assert {resource.provider for resource in own} == {"aws.home"}


def test_without_sinks_there_is_none_of_it(plan: TerraformPlan) -> None:
    assert [one.address for one in plan.resources if one.module.startswith(MODULE)] == []


def test_every_target_is_in_the_home_region(sinks_plan: TerraformPlan) -> None:
    targets = find_own(sinks_plan, "aws_cloudwatch_event_target")
    assert {target.values["arn"].split(":")[3] for target in targets} == {"eu-west-3"}
    assert {json.dumps(rule.values["event_pattern"]) for rule in find_own(sinks_plan, "aws_cloudwatch_event_rule")} == {
        json.dumps('{"source":["rekbridge"]}')
    }
