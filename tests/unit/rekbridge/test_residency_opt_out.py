"""The audit's checks of the AI-services opt-out: no emulator has it, so the bodies are those of AWS's guides."""

import json
from typing import Any

import pytest
from rekbridge.residency.audit import opt_out
from rekbridge.residency.audit.verdicts import AuditJudgement, Status

from tests.unit.rekbridge.aws_account import ACCOUNT, USER, Reply, reply_json
from tests.unit.rekbridge.residency_account import judge

LOCK = {"@@operators_allowed_for_child_policies": ["@@none"]}
ASSIGNED = {"@@assign": "optOut"}
NO_ORGANISATION = reply_json(
    400,
    {
        "__type": "AWSOrganizationsNotInUseException",
        "Message": "Your account is not a member of an organization.",
    },
)
NO_POLICY = reply_json(
    400,
    {
        "__type": "EffectivePolicyNotFoundException",
        "Message": "The effective policy of type AISERVICES_OPT_OUT_POLICY for the account was not found.",
    },
)
DENIED = reply_json(
    400,
    {
        "__type": "AccessDeniedException",
        "Message": f"{USER} is not authorized to perform: organizations:DescribeEffectivePolicy on resource: *",
    },
)


def reply_effective(services: dict[str, Any]) -> Reply:
    """DescribeEffectivePolicy's response: the policy's content is text."""
    policy = {
        "PolicyContent": json.dumps({"services": services}),
        "LastUpdatedTimestamp": 1607518733.548,
        "TargetId": ACCOUNT,
        "PolicyType": "AISERVICES_OPT_OUT_POLICY",
    }
    return reply_json(200, {"EffectivePolicy": policy})


def judge_effective(reply: Reply, **outputs: Any) -> AuditJudgement:
    return judge(opt_out, "ai-opt-out", {"organizations.DescribeEffectivePolicy": reply}, **outputs)


@pytest.mark.parametrize(
    "services",
    [
        {"default": {"opt_out_policy": "optOut"}},
        {"rekognition": {"opt_out_policy": "optOut"}},
        {"rekognition": {"opt_out_policy": "optOut"}, "default": {"opt_out_policy": "optIn"}},
        {"lex": {"opt_out_policy": "optIn"}, "default": {"opt_out_policy": "optOut"}},
        {"default": {"opt_out_policy": {"@@assign": "optOut"}}},
    ],
)
def test_an_account_that_has_opted_out_for_rekognition_passes(services: dict[str, Any]) -> None:
    assert judge_effective(reply_effective(services)).status is Status.PASSED


@pytest.mark.parametrize(
    "services",
    [
        {},
        {"default": {"opt_out_policy": "optIn"}},
        {"lex": {"opt_out_policy": "optOut"}},
        {"rekognition": {"opt_out_policy": "optIn"}, "default": {"opt_out_policy": "optOut"}},
        {"default": {"opt_out_policy": "optout"}},
    ],
)
def test_an_account_that_has_not_opted_out_for_rekognition_fails_with_how_to_do_it(services: dict[str, Any]) -> None:
    judgement = judge_effective(reply_effective(services))
    assert judgement.status is Status.FAILED
    assert "aws organizations attach-policy" in judgement.next_step


def test_an_account_without_an_effective_policy_fails() -> None:
    judgement = judge_effective(NO_POLICY)
    assert (judgement.status, "no opt-out policy is in effect" in judgement.seen) == (Status.FAILED, True)


@pytest.mark.parametrize("check", ["ai-opt-out", "ai-opt-out-locked"])
def test_an_account_without_an_organisation_fails_with_how_to_create_one(check: str) -> None:
    replies = {"organizations.DescribeEffectivePolicy": NO_ORGANISATION, "organizations.ListPolicies": NO_ORGANISATION}
    judgement = judge(opt_out, check, replies)
    assert judgement.status is Status.FAILED
    assert "aws organizations create-organization" in judgement.next_step


def test_without_the_permission_nobody_can_tell_and_it_is_named() -> None:
    judgement = judge_effective(DENIED)
    assert judgement.status is Status.UNKNOWN
    assert "organizations:DescribeEffectivePolicy" in judgement.next_step


@pytest.mark.parametrize("check", ["ai-opt-out", "ai-opt-out-locked"])
def test_govcloud_has_no_opt_out_and_passes_without_a_request(check: str) -> None:
    regions = {"home": "us-gov-east-1", "remote": "us-gov-west-1"}
    assert judge(opt_out, check, {}, regions=regions).status is Status.PASSED


def judge_lock(*policies: dict[str, Any]) -> AuditJudgement:
    summaries = [
        {
            "Id": f"p-{number:08}",
            "Arn": f"arn:aws:organizations::{ACCOUNT}:policy/o-aa111bb222/aiservices_opt_out_policy/p-{number:08}",
            "Name": "opt-out",
            "Type": "AISERVICES_OPT_OUT_POLICY",
            "AwsManaged": False,
        }
        for number, _ in enumerate(policies)
    ]
    content = json.dumps(policies[0]) if policies else ""
    replies = {
        "organizations.ListPolicies": reply_json(200, {"Policies": summaries}),
        "organizations.DescribePolicy": reply_json(200, {"Policy": {"PolicySummary": {}, "Content": content}}),
    }
    return judge(opt_out, "ai-opt-out-locked", replies)


@pytest.mark.parametrize(
    "services",
    [
        LOCK | {"default": LOCK | {"opt_out_policy": LOCK | ASSIGNED}},
        # All that prowler asks.
        {"default": {"opt_out_policy": LOCK | ASSIGNED}},
        {"rekognition": {"opt_out_policy": LOCK | ASSIGNED}},
    ],
)
def test_a_policy_that_no_child_may_change_passes(services: dict[str, Any]) -> None:
    assert judge_lock({"services": services}).status is Status.PASSED


@pytest.mark.parametrize(
    "services",
    [
        {"default": {"opt_out_policy": ASSIGNED}},
        {"default": LOCK | {"opt_out_policy": ASSIGNED}},
        {"default": {"opt_out_policy": LOCK | {"@@assign": "optIn"}}},
        {"default": {"opt_out_policy": ASSIGNED | {"@@operators_allowed_for_child_policies": ["@@assign"]}}},
        {"rekognition": {"opt_out_policy": {"@@assign": "optIn"}}, "default": {"opt_out_policy": LOCK | ASSIGNED}},
        {"lex": {"opt_out_policy": LOCK | ASSIGNED}},
    ],
)
def test_a_policy_that_a_child_may_change_fails(services: dict[str, Any]) -> None:
    assert judge_lock({"services": services}).status is Status.FAILED


def test_an_organisation_without_an_opt_out_policy_fails() -> None:
    assert judge_lock().status is Status.FAILED


def test_a_member_account_cannot_tell_whether_it_is_locked_and_learns_who_can() -> None:
    judgement = judge(opt_out, "ai-opt-out-locked", {"organizations.ListPolicies": DENIED})
    assert judgement.status is Status.UNKNOWN
    assert "prowler" in judgement.next_step


def test_the_policy_that_is_recommended_passes_both_checks() -> None:
    policy = json.loads(opt_out.POLICY)
    assert judge_lock(policy).status is Status.PASSED
    assert judge_effective(reply_effective(policy["services"])).status is Status.PASSED
