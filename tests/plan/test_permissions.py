"""Least privilege: what each role may do, in full."""

import pytest

from tests.plan.conftest import BOUNDARY, FUNCTIONS
from tests.plan.planned import Json, Plan

# AWS knows no resources for these: service authorization reference, Rekognition and X-Ray.
WITHOUT_RESOURCES = ("rekognition:Detect", "rekognition:Recognize", "rekognition:Compare", "xray:Put")
OWN = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
READING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"}

MAY = {
    "ingest": {
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject", "sqs:SendMessage",
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
    } | READING,
    "bridge": {"dynamodb:GetItem", "sqs:SendMessage"} | READING,
    "analyze": {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "dynamodb:UpdateItem",
        "rekognition:DetectText", "rekognition:DetectLabels", "rekognition:DetectFaces",
    } | READING,
    "route": {
        "s3:GetObject", "s3:DeleteObject", "events:PutEvents", "sqs:SendMessage",
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
    } | READING,
    "api": {
        "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:ListBucket",
        "dynamodb:UpdateItem", "dynamodb:BatchGetItem",
        "rekognition:DetectText", "rekognition:DetectLabels", "rekognition:DetectFaces", "rekognition:CompareFaces",
        "rekognition:DetectModerationLabels", "rekognition:RecognizeCelebrities",
        "rekognition:DetectProtectiveEquipment", "rekognition:DetectCustomLabels",
    },
    "sweep": {
        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "sqs:SendMessage",
        "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:UpdateItem",
    },
}  # fmt: skip


def statements(plan: Plan, function: str) -> list[Json]:
    return plan.one(f"module.home.module.{function}.aws_iam_role_policy.this").policy()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_call_what_it_uses_and_no_more(plan: Plan, function: str) -> None:
    actions = {action for statement in statements(plan, function) for action in statement["Action"]}
    assert actions == MAY[function] | OWN


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_a_wildcard(plan: Plan, function: str) -> None:
    assert not [told for told in statements(plan, function) if any("*" in action for action in told["Action"])]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_resource_is_everything_only_where_aws_knows_none(plan: Plan, function: str) -> None:
    for statement in statements(plan, function):
        if "*" in statement["Resource"]:
            assert all(action.startswith(WITHOUT_RESOURCES) for action in statement["Action"])


def test_every_operation_is_bound_to_its_regions(plan: Plan) -> None:
    bound = {
        tuple(statement["Action"]): statement["Condition"]["StringEquals"]["aws:RequestedRegion"]
        for statement in statements(plan, "analyze")
        if statement["Action"][0].startswith("rekognition:")
    }
    assert bound == {
        ("rekognition:DetectText",): ["eu-west-1"],
        ("rekognition:DetectLabels",): ["eu-central-1"],
        ("rekognition:DetectFaces",): ["eu-central-1", "eu-west-1"],
    }


def test_what_is_asked_for_directly_is_bound_to_the_allowed_regions(plan: Plan) -> None:
    bound = {
        action: statement["Condition"]["StringEquals"]["aws:RequestedRegion"]
        for statement in statements(plan, "api")
        for action in statement["Action"]
        if action.startswith("rekognition:")
    }
    assert bound.pop("rekognition:DetectLabels") == ["eu-central-1"]
    assert set(map(tuple, bound.values())) == {("eu-central-1", "eu-west-1")}


def test_the_api_calls_no_other_accounts_models(plan: Plan) -> None:
    (models,) = [one for one in statements(plan, "api") if one["Action"] == ["rekognition:DetectCustomLabels"]]
    assert models["Resource"] == ["arn:aws:rekognition:*:123456789012:project/*/version/*/*"]


def test_every_reader_may_change_the_visibility_of_its_queue(plan: Plan) -> None:
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        (policy,) = plan.beside(mapping, "aws_iam_role_policy")
        readable = [
            resource
            for statement in policy.policy()
            if "sqs:ChangeMessageVisibility" in statement["Action"]
            for resource in statement["Resource"]
        ]
        assert mapping.values["event_source_arn"] in readable


def test_path_and_boundary_reach_every_role(plan: Plan) -> None:
    roles = plan.of("aws_iam_role")
    assert {(role.values["path"], role.values["permissions_boundary"]) for role in roles} == {("/rekbridge/", BOUNDARY)}


def test_every_role_is_for_lambda_alone(plan: Plan) -> None:
    for role in plan.of("aws_iam_role"):
        (statement,) = role.policy("assume_role_policy")
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
