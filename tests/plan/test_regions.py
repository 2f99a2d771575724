"""Every resource is in the region where it belongs."""

import re

from rekbridge.support import paths

from tests.plan.terraform_plan import TerraformPlan

# Everything else is in the home region: every function, table and queue, and all storage of images.
REMOTE = (
    "module.remote.",
    "module.bridge.aws_sns_topic_subscription.",
    "module.bridge.module.delivery_dlq.",
    "module.bridge.aws_cloudwatch_metric_alarm.delivery_dlq",
)


def test_only_staging_and_its_events_are_remote(plan: TerraformPlan) -> None:
    remote = {resource.address for resource in plan.resources if resource.provider == "aws.remote"}
    assert remote == {resource.address for resource in plan.resources if resource.address.startswith(REMOTE)}


def test_everything_else_is_in_the_home_region(plan: TerraformPlan) -> None:
    home = {resource.address for resource in plan.resources if resource.provider in {"aws.home", "aws.secrets"}}
    assert home == {resource.address for resource in plan.resources if not resource.address.startswith(REMOTE)}


def test_the_provider_of_the_secret_is_for_the_home_region() -> None:
    providers = (paths.ROOT / "terraform" / "providers.tf").read_text()
    assert re.search(r'alias\s+= "secrets"\n\s+region = var\.home_region', providers)


def test_the_remote_region_has_no_code_and_no_database(plan: TerraformPlan) -> None:
    types = {resource.type for resource in plan.resources if resource.provider == "aws.remote"}
    assert not types & {"aws_lambda_function", "aws_dynamodb_table", "aws_iam_role"}


def test_an_alarm_notifies_a_topic_of_its_own_region(plan: TerraformPlan) -> None:
    alarms = plan.find_all("aws_cloudwatch_metric_alarm")
    assert {(alarm.provider, *alarm.values["alarm_actions"]) for alarm in alarms} == {
        ("aws.home", "arn:aws:sns:eu-west-3:123456789012:oncall"),
        ("aws.remote", "arn:aws:sns:eu-west-1:123456789012:oncall"),
    }
