"""Least privilege: what each role may do, in full."""

import json
from base64 import b64encode
from dataclasses import fields, is_dataclass
from gzip import compress

import pytest
from rekbridge.support import paths
from rekbridge_lambda import config

from tests.plan.conftest import BOUNDARY, FUNCTIONS
from tests.plan.iam_actions import find_iam_actions
from tests.plan.terraform_plan import PlanObject, TerraformPlan

OPERATIONS_TABLE = paths.ROOT / "handlers" / "rekbridge_lambda" / "domain" / "operations.json"
# IAM has no resources for these (service authorization reference, Rekognition and X-Ray).
WITHOUT_RESOURCES = ("rekognition:Detect", "rekognition:Recognize", "rekognition:Compare", "xray:Put")
BASE_ACTIONS = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# What Lambda itself does with a queue that a function consumes.
POLLING_ACTIONS = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
CONSUMERS = {"ingest", "bridge", "analyze", "route"}
# Permissions that no call is named after: to read a version, and to get 404 instead of 403 for what does not exist.
IMPLICIT_ACTIONS = {
    "ingest": {"s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"},
    "analyze": {"s3:ListBucket"},
    "api": {"s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"},
}


@pytest.fixture
def lambda_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variables that an entrypoint needs to be imported; nothing is called."""
    classes = [value for value in vars(config).values() if is_dataclass(value)]
    names = {field.name.upper() for config_class in classes for field in fields(config_class)}
    regions = {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3", "REMOTE_REGION": "eu-west-1"}
    # No operations, packed as Terraform's base64gzip(jsonencode({})) does it.
    packed = {"OPERATIONS": b64encode(compress(b"{}")).decode(), "TRUSTED_CALLERS": "[]", "LOG_LEVEL": "INFO"}
    for name, value in (dict.fromkeys(names, "1") | regions | packed).items():
        monkeypatch.setenv(name, value)


def find_statements(plan: TerraformPlan, function: str) -> list[PlanObject]:
    """The statements of a function's role."""
    return plan.get(f"module.home.module.{function}.aws_iam_role_policy.this").parse_policy()


def find_allowed_actions(plan: TerraformPlan, function: str) -> set[str]:
    """All actions that a function's role allows."""
    return {action for statement in find_statements(plan, function) for action in statement["Action"]}


@pytest.mark.usefixtures("lambda_environment")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_call_what_its_source_calls_and_nothing_else(plan: TerraformPlan, function: str) -> None:
    polling = POLLING_ACTIONS if function in CONSUMERS else set()
    allowed = {action for action in find_allowed_actions(plan, function) if not action.startswith("rekognition:")}
    implicit = IMPLICIT_ACTIONS.get(function, set())
    assert allowed == find_iam_actions(function) | polling | implicit | BASE_ACTIONS


def test_the_api_may_call_every_operation_of_the_catalog_if_the_variable_names_it(largest_plan: TerraformPlan) -> None:
    catalog = json.loads(OPERATIONS_TABLE.read_text())["operations"]
    actions = find_allowed_actions(largest_plan, "api")
    allowed = {action for action in actions if action.startswith("rekognition:")}
    assert allowed == {f"rekognition:{row['action']}" for row in catalog.values()}


def test_only_analyze_and_api_may_call_rekognition(plan: TerraformPlan) -> None:
    callers = {
        name
        for name in FUNCTIONS
        if any(action.startswith("rekognition:") for action in find_allowed_actions(plan, name))
    }
    assert callers == {"analyze", "api"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_a_wildcard(plan: TerraformPlan, function: str) -> None:
    assert not [action for action in find_allowed_actions(plan, function) if "*" in action]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_resource_is_a_wildcard_only_where_iam_has_no_resources(plan: TerraformPlan, function: str) -> None:
    for statement in find_statements(plan, function):
        if "*" in statement["Resource"]:
            assert all(action.startswith(WITHOUT_RESOURCES) for action in statement["Action"])


@pytest.mark.parametrize("function", ["ingest", "api"])
def test_only_who_reads_versions_may_list_them_and_of_the_media_bucket_only(plan: TerraformPlan, function: str) -> None:
    (statement,) = [one for one in find_statements(plan, function) if "s3:ListBucketVersions" in one["Action"]]
    assert statement["Resource"] == ["arn:aws:s3:::rekbridge-media-123456789012-eu-west-3"]


def test_sweep_may_query_the_due_index_only(plan: TerraformPlan) -> None:
    (query,) = [one for one in find_statements(plan, "sweep") if one["Action"] == ["dynamodb:Query"]]
    assert query["Resource"] == ["arn:aws:dynamodb:eu-west-3:123456789012:table/rekbridge-library/index/due"]


def test_the_api_reaches_the_rows_of_owners_only_in_the_library(plan: TerraformPlan) -> None:
    table = "arn:aws:dynamodb:eu-west-3:123456789012:table/rekbridge-library"
    (statement,) = [one for one in find_statements(plan, "api") if table in one["Resource"]]
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["OWNER#*"]}}


def test_every_operation_is_permitted_in_its_regions_only(plan: TerraformPlan) -> None:
    regions = {
        tuple(statement["Action"]): statement["Condition"]["StringEquals"]["aws:RequestedRegion"]
        for statement in find_statements(plan, "analyze")
        if statement["Action"][0].startswith("rekognition:")
    }
    assert regions == {
        ("rekognition:DetectText",): ["eu-west-1"],
        ("rekognition:DetectLabels",): ["eu-central-1"],
        ("rekognition:DetectFaces",): ["eu-central-1", "eu-west-1"],
    }


def test_every_operation_of_the_api_is_permitted_in_its_regions_only(plan: TerraformPlan) -> None:
    regions = {
        action: statement["Condition"]["StringEquals"]["aws:RequestedRegion"]
        for statement in find_statements(plan, "api")
        for action in statement["Action"]
        if action.startswith("rekognition:")
    }
    assert regions == {
        "rekognition:DetectText": ["eu-west-1"],
        "rekognition:DetectLabels": ["eu-central-1"],
        "rekognition:DetectFaces": ["eu-central-1", "eu-west-1"],
    }


def test_the_api_may_call_custom_models_of_this_account_only(largest_plan: TerraformPlan) -> None:
    statements = find_statements(largest_plan, "api")
    (statement,) = [one for one in statements if one["Action"] == ["rekognition:DetectCustomLabels"]]
    assert statement["Resource"] == ["arn:aws:rekognition:*:123456789012:project/*/version/*/*"]


def test_every_consumer_may_change_the_visibility_of_its_queue(plan: TerraformPlan) -> None:
    for mapping in plan.find_all("aws_lambda_event_source_mapping"):
        (policy,) = plan.find_in_same_module(mapping, "aws_iam_role_policy")
        queues = [
            resource
            for statement in policy.parse_policy()
            if "sqs:ChangeMessageVisibility" in statement["Action"]
            for resource in statement["Resource"]
        ]
        assert mapping.values["event_source_arn"] in queues


def test_every_role_has_path_and_boundary(plan: TerraformPlan) -> None:
    roles = plan.find_all("aws_iam_role")
    assert {(role.values["path"], role.values["permissions_boundary"]) for role in roles} == {("/rekbridge/", BOUNDARY)}


def test_only_lambda_may_assume_a_role(plan: TerraformPlan) -> None:
    for role in plan.find_all("aws_iam_role"):
        (statement,) = role.parse_policy("assume_role_policy")
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
