"""Terraform and the Lambda package use the same names for the same things."""

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from rekbridge.support import paths
from rekbridge_lambda import config

from tests.plan.conftest import FUNCTIONS
from tests.plan.terraform_plan import PlannedResource, TerraformPlan

# What modules/function sets for every function.
COMMON_KEYS = {"LOG_LEVEL"}


def find_config_class(function: str) -> Any:
    """The class of the function's environment variables: Ingest for ingest, and so on."""
    (config_class,) = [
        value
        for value in vars(config).values()
        if isinstance(value, type) and is_dataclass(value) and value.__name__.lower().startswith(function)
    ]
    return config_class


def find_function(plan: TerraformPlan, name: str) -> PlannedResource:
    return plan.get(f"module.home.module.{name}.aws_lambda_function.this")


def read_environment_keys(name: str) -> set[str]:
    """Environment keys in the source: the plan hides the whole map while one of its values is not known."""
    source = (paths.ROOT / "modules" / "home" / f"{name}.tf").read_text()
    (block,) = re.findall(r"^  environment = \{\n(.*?)^  \}$", source, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"^    (\w+) += ", block, re.MULTILINE))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_exactly_the_variables_that_its_config_reads(name: str) -> None:
    config_keys = {field.name.upper() for field in fields(find_config_class(name))}
    assert read_environment_keys(name) == config_keys - COMMON_KEYS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_its_own_entrypoint(plan: TerraformPlan, name: str) -> None:
    values = find_function(plan, name).values
    assert values["handler"] == f"rekbridge_lambda.entrypoints.{name}.handler"
    assert values["filename"].endswith(f"/{name}.zip")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_json_and_is_traced(plan: TerraformPlan, name: str) -> None:
    values = find_function(plan, name).values
    assert values["logging_config"][0]["log_format"] == "JSON"
    assert values["tracing_config"][0]["mode"] == "Active"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_variable_sets_the_log_level_of_every_function(
    plan: TerraformPlan, largest_plan: TerraformPlan, name: str
) -> None:
    levels = [find_function(one, name).values["logging_config"][0] for one in (plan, largest_plan)]
    # largest.tfvars has WARNING, which Lambda calls WARN.
    assert [level["application_log_level"] for level in levels] == ["INFO", "WARN"]


@pytest.mark.parametrize("name", ["ingest", "api"])
def test_every_function_that_prepares_images_gets_the_image_privacy(plan: TerraformPlan, name: str) -> None:
    function = plan.module_calls[f"module.home.module.{name}"]["expressions"]
    assert "var.image_privacy" in function["environment"]["references"]
    assert plan.module_calls["module.home"]["expressions"]["image_privacy"]["references"] == ["var.image_privacy"]


def test_analyze_has_new_settings_before_ingest_creates_runs_with_them(plan: TerraformPlan) -> None:
    ingest = plan.module_calls["module.home.module.ingest"]["expressions"]
    assert "module.analyze.exports.arn" in ingest["depends_on_arns"]["references"]


def test_the_schedule_may_invoke_sweep(plan: TerraformPlan) -> None:
    (permission,) = [one for one in plan.find_all("aws_lambda_permission") if "gateway" not in one.address]
    assert permission.values["function_name"] == "rekbridge-sweep"
    assert permission.values["source_arn"] == "arn:aws:events:eu-west-3:123456789012:rule/rekbridge-sweep"


def test_the_bridge_keeps_undeliverable_notifications_in_the_delivery_dlq(plan: TerraformPlan) -> None:
    (subscription,) = plan.find_all("aws_sns_topic_subscription")
    redrive_policy = '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:rekbridge-events-delivery-dlq"}'
    assert subscription.values["redrive_policy"] == redrive_policy


def test_the_schedule_keeps_undeliverable_events_in_the_delivery_dlq(plan: TerraformPlan) -> None:
    (target,) = plan.find_all("aws_cloudwatch_event_target")
    dlq = "arn:aws:sqs:eu-west-3:123456789012:rekbridge-sweep-delivery-dlq"
    assert target.values["dead_letter_config"] == [{"arn": dlq}]


@pytest.mark.parametrize("module", ["module.home.module.queues", "module.bridge.module.delivery_dlq"])
def test_a_delivery_dlq_exists_before_a_service_refers_to_it(plan: TerraformPlan, module: str) -> None:
    outputs = plan.module_calls[module]["module"]["outputs"]
    assert "aws_sqs_queue.dlq" in outputs["delivery_dlqs"]["expression"]["references"]


def test_no_module_is_repeated_with_for_each(plan: TerraformPlan) -> None:
    assert [address for address, call in plan.module_calls.items() if "for_each_expression" in call] == []
