"""docs/deployer-policy*.json and auditor-policy.json: all that the commands call on AWS, and no more."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge.deploy.deployer_policy import DOCS, TABLE, render_policies

from tests.plan.api_actions import TerraformCall, read_recorded_calls
from tests.plan.extract_iam_reference import REFERENCE, list_wanted_actions
from tests.plan.fake_aws import ACCOUNT
from tests.plan.planned_arns import iterate_arns
from tests.plan.policy_evaluator import AwsRequest, is_allowed, matches
from tests.plan.terraform_plan import TerraformPlan

HOME, REMOTE, PREFIX = "eu-west-3", "eu-west-1", "rekbridge"
VALUES = {"prefix": PREFIX, "account": ACCOUNT, "home": HOME, "remote": REMOTE, "role_path": "/rekbridge/"}
# AWS: a managed policy, without white space.
MAX_POLICY_LENGTH = 6144
# What Terraform itself needs; the other files are for the state's backend, for operators, and for options.
CORE = ("deployer-policy-data", "deployer-policy-functions")
HOW_TO_RECORD = "record its calls: python -m tests.plan.record_calls (four minutes, a private MiniStack)"
HOW_TO_EXTRACT = "extend iam_reference.json: see tests/plan/extract_iam_reference.py"
CALLS = read_recorded_calls()
IAM_REFERENCE: dict[str, list[str]] = json.loads(REFERENCE.read_text())
# Actions that a statement allows on "*" although AWS knows resources for them: with a condition instead; or, for logs,
# of whatever name they are, and for the organisation, whose id the audited account need not know, to read only.
LIMITED_BY_CONDITION = {"EventSources", "ListAlarms", "ListEverything", "NoRoleWithoutBoundary", "NoRemovalOfBoundary"}
LIMITED_BY_CONDITION |= {"AuditEveryRegion", "AuditOptOut"}


def read_statements(*names: str) -> list[dict[str, Any]]:
    policies = dict(render_policies(VALUES))
    return [statement for name in names for statement in json.loads(policies[f"{name}.json"])["Statement"]]


def test_the_files_in_docs_are_those_of_the_table() -> None:
    policies = dict(render_policies())
    files = [*DOCS.glob("deployer-policy*.json"), *DOCS.glob("auditor-policy*.json")]
    assert {file.name: file.read_text() for file in files} == policies


@pytest.mark.parametrize("name", TABLE["files"])
def test_a_policy_fits_into_a_managed_policy(name: str) -> None:
    assert len(json.dumps(json.loads(dict(render_policies())[f"{name}.json"]))) <= MAX_POLICY_LENGTH


def test_a_value_replaces_its_placeholder_everywhere() -> None:
    values = VALUES | dict.fromkeys(re.findall(r"<(\w+)>", json.dumps(TABLE)), "x")
    assert not [name for name, policy in render_policies(values) if "<" in policy]


def test_every_action_exists() -> None:
    assert list_wanted_actions() - set(IAM_REFERENCE) == set(), HOW_TO_EXTRACT


def iterate_grants() -> Iterator[tuple[str, str, list[str]]]:
    for statement in read_statements(*TABLE["files"]):
        for action in statement["Action"]:
            yield statement["Sid"], action, statement["Resource"]


@pytest.mark.parametrize(("sid", "action", "resources"), list(iterate_grants()))
def test_an_action_is_granted_on_resources_that_aws_limits_it_to(sid: str, action: str, resources: list[str]) -> None:
    arns = [to_expression(arn) for arn in IAM_REFERENCE[action]]
    if not arns or sid in LIMITED_BY_CONDITION:
        assert resources == ["*"]
        return
    concrete = [re.sub(r"<\w+_arn>", "arn:aws:", resource).replace("*", "a") for resource in resources]
    assert any(re.fullmatch(arn, one) or one == "arn:aws:" for one in concrete for arn in arns), resources


def to_expression(arn: str) -> str:
    """An ARN of the reference as a regular expression."""
    inside = {"RoleNameWithPath": ".+", "LogGroupName": ".+", "ObjectName": ".+", "ApiSpecificResourcePath": ".+"}
    parts = re.split(r"\$\{(\w+)\}", arn)
    return "".join(inside.get(part, "[^:/]+") if index % 2 else re.escape(part) for index, part in enumerate(parts))


def test_every_action_is_recorded_or_kept_for_a_reason() -> None:
    granted = {action for statement in read_statements(*CORE) for action in statement["Action"]}
    recorded = {action for call in CALLS for action in call.actions}
    assert granted - recorded == set(TABLE["kept"])
    assert recorded - granted == set()


@pytest.mark.parametrize("name", [name for name in TABLE["files"] if name not in CORE])
def test_every_statement_of_the_other_files_says_what_it_is_for(name: str) -> None:
    assert [row["sid"] for row in TABLE["files"][name] if not row.get("for")] == []


def test_the_docs_name_every_option() -> None:
    text = (DOCS / "permissions.md").read_text()
    assert [row["sid"] for row in TABLE["files"]["deployer-policy-options"] if row["sid"] not in text] == []


def test_every_planned_type_has_recorded_calls(plan: TerraformPlan, largest_plan: TerraformPlan) -> None:
    recorded = {call.kind for call in CALLS}
    planned = {resource.type for resource in [*plan.resources, *largest_plan.resources]}
    assert planned - recorded == set(), HOW_TO_RECORD


def list_requests(call: TerraformCall, arns: list[str]) -> list[AwsRequest]:
    """The requests of a call to all that it can be about."""
    requests = []
    for action in sorted(call.actions):
        if action.startswith("apigateway:"):
            path = re.sub(r"\{[^}]+\}", "a1b2c3", call.http["requestUri"].partition("?")[0])
            resources = [f"arn:aws:apigateway:{HOME}::{path}"]
        else:
            resources = [
                arn for arn in arns if any(re.fullmatch(to_expression(one), arn) for one in IAM_REFERENCE[action])
            ]
        for resource in resources if IAM_REFERENCE[action] else ["*"]:
            requests += [
                AwsRequest(action, resource, describe_context(region)) for region in list_regions(call, resource)
            ]
    assert requests or not call.actions, f"{call} is about nothing in the plan"
    return requests


def list_regions(call: TerraformCall, resource: str) -> list[str]:
    """The regions in which a call was made, or the region of the resource."""
    region = resource.split(":")[3] if resource.startswith("arn:") else ""
    return [region] if region else [{"home": HOME, "remote": REMOTE}[role] for role in call.regions]


def describe_context(region: str) -> dict[str, str]:
    return {
        "aws:RequestedRegion": region,
        "iam:PassedToService": "lambda.amazonaws.com",
        "lambda:FunctionArn": f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:{PREFIX}-ingest",
    }


@pytest.fixture(scope="module")
def arns(plan: TerraformPlan) -> list[str]:
    return list(iterate_arns(plan, HOME, REMOTE))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.kind}-{call.operation}")
def test_every_recorded_call_is_allowed_on_every_planned_resource(call: TerraformCall, arns: list[str]) -> None:
    statements = read_statements(*CORE)
    assert [request for request in list_requests(call, arns) if not is_allowed(statements, request)] == []


def test_nothing_of_another_prefix_is_allowed(arns: list[str]) -> None:
    statements = read_statements(*CORE)
    foreign = [
        arn.replace(PREFIX, "another", 1) for arn in arns if PREFIX in arn.rpartition(":")[2].replace("/rekbridge/", "")
    ]
    foreign = [arn.replace("role/another/rekbridge-", "role/rekbridge/another-") for arn in foreign]
    assert len(foreign) > 50
    allowed = [
        (action, arn)
        for action, templates in IAM_REFERENCE.items()
        for arn in foreign
        if any(re.fullmatch(to_expression(template), arn) for template in templates)
        and is_allowed(statements, AwsRequest(action, arn, describe_context(HOME)))
        and not matches("cloudwatch:DescribeAlarms", action)
    ]
    assert allowed == []


def test_nothing_of_another_account_is_allowed(arns: list[str]) -> None:
    statements = read_statements(*CORE)
    elsewhere = [arn.replace(ACCOUNT, "999999999999") for arn in arns if ACCOUNT in arn and "event-source" not in arn]
    actions = {action for action in IAM_REFERENCE if IAM_REFERENCE[action] and action != "cloudwatch:DescribeAlarms"}
    allowed = [
        (action, arn)
        for action in actions - {"lambda:GetEventSourceMapping"}
        for arn in elsewhere
        if any(re.fullmatch(to_expression(template), arn) for template in IAM_REFERENCE[action])
        and is_allowed(statements, AwsRequest(action, arn, describe_context(HOME)))
    ]
    assert allowed == []


def test_roles_are_passed_to_named_services_and_from_the_role_path_only() -> None:
    own = f"arn:aws:iam::{ACCOUNT}:role/rekbridge/{PREFIX}-*"
    passing = [one for one in read_statements(*TABLE["files"]) if "iam:PassRole" in one["Action"]]
    assert [(one["Condition"]["StringEquals"]["iam:PassedToService"], one["Resource"]) for one in passing] == [
        (["lambda.amazonaws.com"], [own]),
        (["events.amazonaws.com"], [own]),
        # Yours: its name and path are not the deployment's.
        (["logs.amazonaws.com"], ["<log_destination_role_arn>"]),
    ]


def test_the_key_of_the_event_bus_can_be_set_later() -> None:
    bus = f"arn:aws:events:{HOME}:{ACCOUNT}:event-bus/{PREFIX}"
    assert is_allowed(read_statements(*CORE), AwsRequest("events:UpdateEventBus", bus))


def test_with_the_options_no_role_is_created_without_the_boundary() -> None:
    statements = read_statements(*TABLE["files"])
    role = f"arn:aws:iam::{ACCOUNT}:role/rekbridge/{PREFIX}-ingest"
    bound = {"iam:PermissionsBoundary": "<permissions_boundary_arn>"}
    assert is_allowed(statements, AwsRequest("iam:CreateRole", role, bound))
    assert not is_allowed(statements, AwsRequest("iam:CreateRole", role, {}))
    assert not is_allowed(statements, AwsRequest("iam:DeleteRolePermissionsBoundary", role))
