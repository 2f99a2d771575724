"""Checks of log groups: none of the deployment outside home, and none at home that keeps its lines for ever."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect_none

# Where the deployment's own log groups begin.
OWN = ("/aws/lambda/{prefix}-", "/aws/apigateway/{prefix}-")


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """One check for each region outside home that may get an image, and one at home."""
    for region in subject.regions_abroad:
        yield Check(("log-groups-abroad",), "log groups", region, partial(judge_abroad, subject, region))
    yield Check(("log-retention",), "log groups", subject.home, partial(judge_at_home, subject))


def judge_abroad(subject: AuditSubject, region: str) -> Iterator[AuditJudgement]:
    """No log group whose name has the prefix: of a function, of SNS's delivery status, of whatever was added."""
    names = [group["logGroupName"] for group in list_log_groups(subject, region)]
    yield expect_none(
        [f"{name} is there" for name in names],
        "no log group has the deployment's prefix",
        "Look what writes to it, disable that, then: "
        + "; ".join(f"aws logs delete-log-group --region {region} --log-group-name {name}" for name in names),
    )


def judge_at_home(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """Every log group of the deployment expires its lines as `log_retention_days` says, under the expected key."""
    begins = tuple(beginning.format(prefix=subject.prefix) for beginning in OWN)
    groups = [group for group in list_log_groups(subject, subject.home) if group["logGroupName"].startswith(begins)]
    days, key = subject.rules["log_retention_days"], subject.get_key(subject.home)
    faults = [
        f"{group['logGroupName']} keeps lines {group.get('retentionInDays', 'for ever')}"
        + " days" * ("retentionInDays" in group)
        for group in groups
        if group.get("retentionInDays", days + 1) > days
    ]
    faults += [
        f"{group['logGroupName']} has not the key {key}" for group in groups if key and group.get("kmsKeyId") != key
    ]
    yield expect_none(faults, f"{len(groups)} log groups, at most {days} days", REDEPLOY)


def list_log_groups(subject: AuditSubject, region: str) -> list[dict[str, Any]]:
    """The log groups whose name has the prefix as a word of its own, or one that begins with it."""
    pages = subject.client("logs", region).get_paginator("describe_log_groups")
    # AWS looks for a part of the name here, not only for its beginning.
    found = [group for page in pages.paginate(logGroupNamePattern=subject.prefix) for group in page["logGroups"]]
    has_prefix = re.compile(rf"(^|[^A-Za-z0-9-]){re.escape(subject.prefix)}($|[^A-Za-z0-9])")
    return sorted((group for group in found if has_prefix.search(group["logGroupName"])), key=_get_name)


def _get_name(group: dict[str, Any]) -> str:
    return str(group["logGroupName"])
