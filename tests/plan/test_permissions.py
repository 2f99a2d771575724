"""Least privilege: what each role may do, in full."""

from dataclasses import fields, is_dataclass

import pytest
from rekbridge_lambda import config
from rekbridge_lambda.domain.operations import CATALOG

from tests.builders import HOME, REMOTE, packed
from tests.plan import called
from tests.plan.conftest import BOUNDARY, FUNCTIONS
from tests.plan.planned import Json, Plan

# AWS knows no resources for these: service authorization reference, Rekognition and X-Ray.
WITHOUT_RESOURCES = ("rekognition:Detect", "rekognition:Recognize", "rekognition:Compare", "xray:Put")
OWN = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# What Lambda itself does to a queue that a function reads.
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
READERS = {"ingest", "bridge", "analyze", "route"}
# No call has these names: to read a version, and to be told 404, not 403, of what is not there.
UNCALLED = {
    "ingest": {"s3:GetObjectVersion", "s3:ListBucket"},
    "analyze": {"s3:ListBucket"},
    "api": {"s3:GetObjectVersion", "s3:ListBucket"},
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an entry needs to be imported, without anybody to call."""
    forms = [form for form in vars(config).values() if is_dataclass(form)]
    told = {field.name.upper(): "1" for form in forms for field in fields(form)}
    places = {"AWS_REGION": HOME, "AWS_DEFAULT_REGION": HOME, "REMOTE_REGION": REMOTE}
    for name, value in (told | places | {"OPERATIONS": packed({})}).items():
        monkeypatch.setenv(name, value)


def statements(plan: Plan, function: str) -> list[Json]:
    return plan.one(f"module.home.module.{function}.aws_iam_role_policy.this").policy()


def allowed(plan: Plan, function: str) -> set[str]:
    return {action for statement in statements(plan, function) for action in statement["Action"]}


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_call_what_its_source_calls_and_no_more(plan: Plan, function: str) -> None:
    polling = POLLING if function in READERS else set()
    found = {action for action in allowed(plan, function) if not action.startswith("rekognition:")}
    assert found == called.actions(function) | polling | UNCALLED.get(function, set()) | OWN


def test_the_api_may_call_whatever_the_catalog_has(plan: Plan) -> None:
    asked = {action for action in allowed(plan, "api") if action.startswith("rekognition:")}
    assert asked == {f"rekognition:{operation.action}" for operation in CATALOG.values()}


def test_only_analyze_and_api_may_call_rekognition(plan: Plan) -> None:
    callers = {name for name in FUNCTIONS if any(action.startswith("rekognition:") for action in allowed(plan, name))}
    assert callers == {"analyze", "api"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_a_wildcard(plan: Plan, function: str) -> None:
    assert not [told for told in statements(plan, function) if any("*" in action for action in told["Action"])]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_resource_is_everything_only_where_aws_knows_none(plan: Plan, function: str) -> None:
    for statement in statements(plan, function):
        if "*" in statement["Resource"]:
            assert all(action.startswith(WITHOUT_RESOURCES) for action in statement["Action"])


def test_the_due_runs_are_found_by_the_index_alone(plan: Plan) -> None:
    (query,) = [told for told in statements(plan, "sweep") if told["Action"] == ["dynamodb:Query"]]
    assert query["Resource"] == ["arn:aws:dynamodb:eu-west-3:123456789012:table/rekbridge-library/index/due"]


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
