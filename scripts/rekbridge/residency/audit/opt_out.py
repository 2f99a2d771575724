"""Whether AWS may keep images for itself: the AI-services opt-out, effective for Rekognition in this account.

Read in AWS's Organizations guide (AI services opt-out policies) and in prowler's check
organizations_opt_out_ai_services_policy, which wants the policy assigned and locked for child accounts.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, Status, expect
from rekbridge.support.aws_errors import ACCESS_DENIED_CODES, get_error_code

TYPE = "AISERVICES_OPT_OUT_POLICY"
OUT, LOCKED = "optOut", ["@@none"]
NO_ORGANISATION = "AWSOrganizationsNotInUseException"
# The shape that AWS's guide gives for "opt out, and no child may change it".
_LOCK = '"@@operators_allowed_for_child_policies":["@@none"]'
POLICY = f'{{"services":{{{_LOCK},"default":{{{_LOCK},"opt_out_policy":{{{_LOCK},"@@assign":"optOut"}}}}}}}}'
HOW_TO_OPT_OUT = (
    "In the organisation's management account: aws organizations enable-policy-type --root-id <r-…> --policy-type "
    f"{TYPE}; aws organizations create-policy --type {TYPE} --name opt-out --description 'No content for AWS' "
    f"--content '{POLICY}'; aws organizations attach-policy --policy-id <p-…> --target-id <r-…>"
)


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """What is effective in the account, and whether it can be undone below the root."""
    yield Check(("ai-opt-out",), f"account {subject.account}", "all regions", partial(judge_effective, subject))
    yield Check(("ai-opt-out-locked",), f"account {subject.account}", "all regions", partial(judge_lock, subject))


def judge_effective(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """Rekognition's own entry of the effective policy decides; without one, that of `default`."""
    if is_govcloud(subject):
        yield _describe_govcloud()
        return
    organizations = subject.client("organizations", subject.home)
    try:
        policy = organizations.describe_effective_policy(PolicyType=TYPE)["EffectivePolicy"]
    except ClientError as error:
        yield _judge_refusal(error)
        return
    services = json.loads(policy["PolicyContent"]).get("services", {})
    name = "rekognition" if "opt_out_policy" in services.get("rekognition", {}) else "default"
    value = _read_value(services.get(name, {}))
    yield expect(
        value == OUT,
        f"services.{name}.opt_out_policy is {value or 'not set'}, so AWS may "
        + ("not keep images to improve its services" if value == OUT else "keep images, in any region"),
        HOW_TO_OPT_OUT,
    )


def judge_lock(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """A policy of the organisation opts out and lets no child policy change that. A member account cannot read it."""
    if is_govcloud(subject):
        yield _describe_govcloud()
        return
    organizations = subject.client("organizations", subject.home)
    try:
        pages = organizations.get_paginator("list_policies").paginate(Filter=TYPE)
        ids = [policy["Id"] for page in pages for policy in page["Policies"]]
        # There is no batch: an organisation has a few of these.
        contents = [json.loads(organizations.describe_policy(PolicyId=one)["Policy"]["Content"]) for one in ids]
    except ClientError as error:
        yield _judge_lock_refusal(error)
        return
    locked = [one for one, content in zip(ids, contents, strict=True) if is_locked_opt_out(content)]
    yield expect(
        bool(locked),
        f"{', '.join(locked)} opts out, and no child policy may change it"
        if locked
        else f"none of the organisation's {len(ids)} opt-out policies assigns optOut and forbids children to change it",
        HOW_TO_OPT_OUT,
    )


def is_locked_opt_out(content: Mapping[str, Any]) -> bool:
    """Whether a policy assigns optOut to Rekognition, or to all services, and locks it: as prowler asks it."""
    services = content.get("services", {})
    policies = [services.get(name, {}).get("opt_out_policy", {}) for name in ("rekognition", "default")]
    return all(
        policy.get("@@assign") == OUT and policy.get("@@operators_allowed_for_child_policies") == LOCKED
        for policy in policies
        if policy
    ) and any(policies)


def is_govcloud(subject: AuditSubject) -> bool:
    """Whether the deployment is in GovCloud."""
    return subject.partition == "aws-us-gov"


def _read_value(service: Mapping[str, Any]) -> str | None:
    """An effective policy has the value itself; the syntax of policies, which has `@@assign`, is understood, too."""
    value = service.get("opt_out_policy")
    return value.get("@@assign") if isinstance(value, Mapping) else value


def _describe_govcloud() -> AuditJudgement:
    return AuditJudgement(
        Status.PASSED, "not applicable: in GovCloud AWS uses no content (AWS GovCloud guide, Amazon Rekognition)"
    )


def _judge_refusal(error: ClientError) -> AuditJudgement:
    match get_error_code(error):
        case code if code == NO_ORGANISATION:
            return _describe_lack_of_organisation()
        case "EffectivePolicyNotFoundException":
            seen = "no opt-out policy is in effect, so AWS may keep images, in any region"
            return AuditJudgement(Status.FAILED, seen, HOW_TO_OPT_OUT)
        case code if code in ACCESS_DENIED_CODES:
            advice = "Allow organizations:DescribeEffectivePolicy, which every account of an organisation may call."
            return AuditJudgement(Status.UNKNOWN, str(error), advice)
    raise error


def _judge_lock_refusal(error: ClientError) -> AuditJudgement:
    match get_error_code(error):
        case code if code == NO_ORGANISATION:
            return _describe_lack_of_organisation()
        case code if code in ACCESS_DENIED_CODES:
            return AuditJudgement(
                Status.UNKNOWN,
                f"only the management account and delegated administrators may read the policies ({code})",
                "Run prowler's check organizations_opt_out_ai_services_policy there, or read the policies: aws "
                f"organizations list-policies --filter {TYPE}. opt_out_policy needs {_LOCK}.",
            )
    raise error


def _describe_lack_of_organisation() -> AuditJudgement:
    return AuditJudgement(
        Status.FAILED,
        "the account has no organisation, and only an organisation can opt out: AWS may keep images, in any region",
        "Create one (free, the account becomes its management account): aws organizations create-organization "
        f"--feature-set ALL. {HOW_TO_OPT_OUT}",
    )
