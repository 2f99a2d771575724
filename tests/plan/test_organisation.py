"""No resource escapes what the organisation requires of its kind (organisation.tfvars).

A resource type that is new to the plan fails here until it is in the table, or among those that hold no data.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from rekbridge.support import paths

from tests.plan.conftest import BOUNDARY, FUNCTIONS
from tests.plan.terraform_plan import PlannedResource, TerraformPlan

KEYS = {
    "aws.home": "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000a",
    "aws.secrets": "arn:aws:kms:eu-west-3:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000a",
    "aws.remote": "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000b",
}
TAGS = {"cost-centre": "4711", "data-class": "confidential", "application": "rekbridge", "deployment": "rekbridge"}


class Requirement(NamedTuple):
    """What an attribute of every resource of a type must be; `KEYS`: the key of the resource's own region."""

    variable: str
    resource_type: str
    attribute: str
    expected: Any


REQUIREMENTS = [
    Requirement(
        "network",
        "aws_lambda_function",
        "vpc_config.subnet_ids",
        ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
    ),
    Requirement("network", "aws_lambda_function", "vpc_config.security_group_ids", ["sg-0a1b2c3d4e5f60718"]),
    Requirement("network", "aws_api_gateway_rest_api", "endpoint_configuration.types", ["PRIVATE"]),
    Requirement(
        "network", "aws_api_gateway_rest_api", "endpoint_configuration.vpc_endpoint_ids", ["vpce-0a1b2c3d4e5f60718"]
    ),
    Requirement(
        "kms_key_arns",
        "aws_s3_bucket_server_side_encryption_configuration",
        "rule.apply_server_side_encryption_by_default.kms_master_key_id",
        KEYS,
    ),
    Requirement(
        "kms_key_arns",
        "aws_s3_bucket_server_side_encryption_configuration",
        "rule.apply_server_side_encryption_by_default.sse_algorithm",
        "aws:kms",
    ),
    Requirement("kms_key_arns", "aws_s3_bucket_server_side_encryption_configuration", "rule.bucket_key_enabled", True),
    Requirement("kms_key_arns", "aws_dynamodb_table", "server_side_encryption.kms_key_arn", KEYS),
    Requirement("kms_key_arns", "aws_sqs_queue", "kms_master_key_id", KEYS),
    Requirement("kms_key_arns", "aws_sns_topic", "kms_master_key_id", KEYS),
    Requirement("kms_key_arns", "aws_cloudwatch_log_group", "kms_key_id", KEYS),
    Requirement("kms_key_arns", "aws_cloudwatch_event_bus", "kms_key_identifier", KEYS),
    Requirement("kms_key_arns", "aws_lambda_function", "kms_key_arn", KEYS),
    Requirement("kms_key_arns", "aws_secretsmanager_secret", "kms_key_id", KEYS),
    Requirement("log_retention_days", "aws_cloudwatch_log_group", "retention_in_days", 400),
    Requirement(
        "log_destination",
        "aws_cloudwatch_log_subscription_filter",
        "destination_arn",
        "arn:aws:firehose:eu-west-3:123456789012:deliverystream/security",
    ),
    Requirement(
        "log_destination",
        "aws_cloudwatch_log_subscription_filter",
        "role_arn",
        "arn:aws:iam::123456789012:role/logs-to-firehose",
    ),
    Requirement("log_destination", "aws_cloudwatch_log_subscription_filter", "filter_pattern", '{ $.level = "ERROR" }'),
    Requirement("role_path", "aws_iam_role", "path", "/rekbridge/"),
    Requirement("permissions_boundary", "aws_iam_role", "permissions_boundary", BOUNDARY),
]

# Types without a network, a key, logs or a role of their own: parts of the types above, and types that only describe.
WITHOUT_REQUIREMENTS = {
    "aws_api_gateway_deployment",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_integration",
    "aws_api_gateway_method",
    "aws_api_gateway_method_settings",
    "aws_api_gateway_resource",
    "aws_api_gateway_rest_api_policy",
    "aws_api_gateway_stage",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_metric_alarm",
    "aws_iam_role_policy",
    "aws_lambda_event_source_mapping",
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_permission",
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_secretsmanager_secret_version",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_redrive_policy",
}
# A mapping encrypts its filter criteria with a key, and these have none.
NO_KEY_NEEDED = {("aws_lambda_event_source_mapping", "kms_key_arn")}


def read_attribute(values: Any, attribute: str) -> Any:
    """The value at a path such as vpc_config.subnet_ids; a block is a list of one. None: there is no such block."""
    for name in attribute.split("."):
        block = values[0] if isinstance(values, list) and values else values
        values = block.get(name) if isinstance(block, dict) else None
    return values


def iterate_key_attributes(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every attribute of a resource that names a KMS key, at any depth."""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, value in items:
        if re.search(r"kms.*(key_id|key_arn|key_identifier)$", str(name)):
            yield f"{path}{name}", value
        yield from iterate_key_attributes(value, f"{path}{name}.")


def find_expected(requirement: Requirement, resource: PlannedResource) -> Any:
    return KEYS[resource.provider] if requirement.expected is KEYS else requirement.expected


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: f"{one.resource_type}.{one.attribute}")
def test_every_resource_of_a_type_has_what_is_required(
    organisation_plan: TerraformPlan, requirement: Requirement
) -> None:
    for resource in organisation_plan.find_all(requirement.resource_type):
        value = read_attribute(resource.values, requirement.attribute)
        assert value == find_expected(requirement, resource), resource.address


def test_every_type_of_resource_is_in_the_table_or_needs_nothing(organisation_plan: TerraformPlan) -> None:
    types = {resource.type for resource in organisation_plan.resources}
    assert types == {requirement.resource_type for requirement in REQUIREMENTS} | WITHOUT_REQUIREMENTS


def test_no_attribute_for_a_key_is_left_to_aws(organisation_plan: TerraformPlan) -> None:
    for resource in organisation_plan.resources:
        for attribute, value in iterate_key_attributes(resource.values):
            if (resource.type, attribute) not in NO_KEY_NEEDED:
                assert value == KEYS[resource.provider], f"{resource.address}.{attribute}"


def test_every_bucket_has_an_encryption_configuration(organisation_plan: TerraformPlan) -> None:
    for bucket in organisation_plan.find_all("aws_s3_bucket"):
        assert organisation_plan.find_in_same_module(bucket, "aws_s3_bucket_server_side_encryption_configuration")


def test_no_object_can_be_stored_under_another_key(organisation_plan: TerraformPlan) -> None:
    for policy in organisation_plan.find_all("aws_s3_bucket_policy"):
        denials = {one["Sid"]: one["Condition"] for one in policy.parse_policy() if one["Action"] == "s3:PutObject"}
        other = denials["NoOtherKey"]["StringNotEquals"]["s3:x-amz-server-side-encryption-aws-kms-key-id"]
        assert other == KEYS[policy.provider], policy.address
        assert denials["NoOtherEncryption"]["Null"]["s3:x-amz-server-side-encryption"] == "false"


def test_with_a_key_of_yours_the_deployment_creates_none(organisation_plan: TerraformPlan) -> None:
    assert not [one.address for one in organisation_plan.resources if one.type.startswith("aws_kms_")]


def test_the_lines_of_every_log_group_are_sent_to_the_destination(organisation_plan: TerraformPlan) -> None:
    groups = {group.values["name"] for group in organisation_plan.find_all("aws_cloudwatch_log_group")}
    filters = organisation_plan.find_all("aws_cloudwatch_log_subscription_filter")
    assert {one.values["log_group_name"] for one in filters} == groups


def test_every_resource_that_can_have_tags_has_them(organisation_plan: TerraformPlan) -> None:
    tagged = [one for one in organisation_plan.resources if "tags_all" in one.values or "tags_all" in one.unknown]
    assert len({one.type for one in tagged}) > 10
    assert [one.address for one in tagged if not TAGS.items() <= (one.values.get("tags_all") or {}).items()] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_code_of_a_function_may_not_use_the_permissions_for_its_network(
    organisation_plan: TerraformPlan, function: str
) -> None:
    statements = organisation_plan.get(f"module.home.module.{function}.aws_iam_role_policy.this").parse_policy()
    (allowed,) = [one for one in statements if one["Effect"] == "Allow" and one["Action"][0].startswith("ec2:")]
    (denied,) = [one for one in statements if one["Effect"] == "Deny"]
    assert set(allowed["Action"]) <= set(denied["Action"])
    arn = f"arn:aws:lambda:eu-west-3:123456789012:function:rekbridge-{function}"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": arn}}


@pytest.mark.parametrize("one", ["plan", "largest_plan"])
def test_without_the_variables_nothing_is_required(request: pytest.FixtureRequest, one: str) -> None:
    plan: TerraformPlan = request.getfixturevalue(one)
    types = {resource.type for resource in plan.resources}
    assert types.isdisjoint({"aws_cloudwatch_log_subscription_filter", "aws_api_gateway_rest_api_policy"})
    assert not [one for one in plan.find_all("aws_lambda_function") if one.values["vpc_config"]]
    (api,) = plan.find_all("aws_api_gateway_rest_api")
    assert read_attribute(api.values, "endpoint_configuration.types") == ["REGIONAL"]


def test_the_docs_have_this_table() -> None:
    docs = (paths.ROOT / "docs" / "organisation.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| `([\w.]+)` \|", docs, re.MULTILINE)
    assert rows == [(one.variable, one.resource_type, one.attribute) for one in REQUIREMENTS]
