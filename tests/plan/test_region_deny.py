"""docs/region-deny-scp.json: it denies every other region, and nothing that a deployment needs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge.deploy.deployer_policy import DOCS

from tests.plan.api_actions import read_recorded_calls
from tests.plan.policy_evaluator import AwsRequest, is_denied
from tests.plan.terraform_plan import TerraformPlan

HOME, REMOTE, ALLOWED = "eu-west-3", "eu-west-1", "eu-central-1"
REGIONS = {"home": HOME, "remote": REMOTE}
# AWS has one endpoint for the services that belong to no region.
GLOBAL = "us-east-1"
# AWS: characters of a service control policy.
MAX_SCP_LENGTH = 5120
FILE = DOCS / "region-deny-scp.json"


def read_policy() -> list[dict[str, Any]]:
    text = FILE.read_text()
    for name, value in {"home": HOME, "remote": REMOTE, "allowed_region": ALLOWED}.items():
        text = text.replace(f"<{name}>", value)
    statements: list[dict[str, Any]] = json.loads(text)["Statement"]
    return statements


def ask(action: str, region: str) -> AwsRequest:
    return AwsRequest(action, context={"aws:RequestedRegion": region})


def iterate_deployers_requests() -> Iterator[AwsRequest]:
    for call in read_recorded_calls():
        for action in call.actions:
            regions = [GLOBAL] if action.startswith("iam:") else [REGIONS[role] for role in call.regions]
            yield from (ask(action, region) for region in regions)


def iterate_functions_requests(plan: TerraformPlan) -> Iterator[AwsRequest]:
    """What the functions' roles may do, in the region of each condition, ARN or bucket name; all else is at home."""
    for policy in plan.find_all("aws_iam_role_policy"):
        for statement in policy.parse_policy():
            conditions = statement.get("Condition", {}).get("StringEquals", {})
            regions = conditions.get("aws:RequestedRegion") or {find_region(arn) for arn in statement["Resource"]}
            yield from (ask(action, region) for action in statement["Action"] for region in regions)


def find_region(arn: str) -> str:
    if arn.startswith("arn:aws:s3:::"):
        return REMOTE if arn.partition("/")[0].endswith(REMOTE) else HOME
    return arn.split(":")[3] if arn != "*" else HOME


def test_nothing_is_denied_that_plan_apply_and_destroy_call() -> None:
    assert [request for request in iterate_deployers_requests() if is_denied(read_policy(), request)] == []


def test_nothing_is_denied_that_the_functions_call(plan: TerraformPlan) -> None:
    requests = list(iterate_functions_requests(plan))
    assert {request.context["aws:RequestedRegion"] for request in requests} == {HOME, REMOTE, ALLOWED}
    assert [request for request in requests if is_denied(read_policy(), request)] == []


@pytest.mark.parametrize(
    ("action", "region"),
    [
        # The preflight: STS in every region, and the options of regions at the global endpoint.
        ("sts:GetCallerIdentity", ALLOWED),
        ("account:GetRegionOptStatus", GLOBAL),
        ("iam:GetAccountSummary", GLOBAL),
        ("lambda:GetAccountSettings", HOME),
        # rekbridge quotas refresh
        ("servicequotas:ListServiceQuotas", HOME),
        ("servicequotas:ListServiceQuotas", REMOTE),
        ("servicequotas:ListAWSDefaultServiceQuotas", ALLOWED),
    ],
)
def test_nothing_is_denied_that_the_command_itself_calls(action: str, region: str) -> None:
    assert not is_denied(read_policy(), ask(action, region))


@pytest.mark.parametrize(
    ("action", "region"),
    [
        ("rekognition:DetectLabels", GLOBAL),
        ("s3:PutObject", "us-west-2"),
        ("bedrock:InvokeModel", GLOBAL),
        ("bedrock:InvokeModel", REMOTE),
        ("lambda:CreateFunction", REMOTE),
        ("dynamodb:PutItem", REMOTE),
        ("s3:PutObject", ALLOWED),
        ("sqs:SendMessage", ALLOWED),
    ],
)
def test_what_no_deployment_does_there_is_denied(action: str, region: str) -> None:
    assert is_denied(read_policy(), ask(action, region))


def test_the_first_statement_alone_denies_every_other_region() -> None:
    first = read_policy()[:1]
    assert is_denied(first, ask("rekognition:DetectLabels", "us-west-2"))
    assert not is_denied(first, ask("lambda:CreateFunction", REMOTE))


def test_it_fits_into_a_service_control_policy() -> None:
    assert len(json.dumps(json.loads(FILE.read_text()))) <= MAX_SCP_LENGTH
