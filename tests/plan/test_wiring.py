"""Terraform and the handlers mean the same thing by the same name."""

import re
from dataclasses import fields

import pytest
from rekbridge.support import paths
from rekbridge_lambda import config

from tests.plan.conftest import FUNCTIONS
from tests.plan.planned import Plan, Resource

FORMS = {
    "ingest": config.Ingest,
    "bridge": config.Bridge,
    "analyze": config.Analyze,
    "route": config.Route,
    "sweep": config.Sweep,
    "api": config.Api,
}


def function(plan: Plan, name: str) -> Resource:
    return plan.one(f"module.home.module.{name}.aws_lambda_function.this")


def told(name: str) -> set[str]:
    """Environment keys in the source: the plan hides a whole map while one of its values is not known yet."""
    station = (paths.ROOT / "modules" / "home" / f"{name}.tf").read_text()
    (block,) = re.findall(r"^  environment = \{\n(.*?)^  \}$", station, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"^    (\w+) += ", block, re.MULTILINE))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_exactly_what_its_config_reads(name: str) -> None:
    assert told(name) == {field.name.upper() for field in fields(FORMS[name])}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_its_own_entry(plan: Plan, name: str) -> None:
    values = function(plan, name).values
    assert values["handler"] == f"rekbridge_lambda.entrypoints.{name}.handler"
    assert values["filename"].endswith(f"/{name}.zip")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_json_and_is_traced(plan: Plan, name: str) -> None:
    values = function(plan, name).values
    assert values["logging_config"][0]["log_format"] == "JSON"
    assert values["tracing_config"][0]["mode"] == "Active"


def test_ingest_names_runs_after_settings_that_analyze_has_already(plan: Plan) -> None:
    assert "module.analyze.exports.arn" in plan.calls["module.home.module.ingest"]["expressions"]["after"]["references"]


def test_the_schedule_may_invoke_sweep(plan: Plan) -> None:
    (permission,) = [one for one in plan.of("aws_lambda_permission") if "gateway" not in one.address]
    assert permission.values["function_name"] == "rekbridge-sweep"
    assert permission.values["source_arn"] == "arn:aws:events:eu-west-3:123456789012:rule/rekbridge-sweep"


def test_the_bridge_keeps_what_it_cannot_deliver(plan: Plan) -> None:
    (subscription,) = plan.of("aws_sns_topic_subscription")
    kept = '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:rekbridge-events-undelivered"}'
    assert subscription.values["redrive_policy"] == kept


def test_nobody_waits_for_all_of_a_repeated_module(plan: Plan) -> None:
    assert [address for address, call in plan.calls.items() if "for_each_expression" in call] == []
