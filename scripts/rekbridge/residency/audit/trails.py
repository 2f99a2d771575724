"""Advice about CloudTrail: what AWS records abroad is the account's, so no check can fail on it."""

from collections.abc import Iterator
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, Status


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """One piece of advice for each region outside home."""
    for region in subject.regions_abroad:
        yield Check(("cloudtrail",), "records of calls", region, partial(judge_trails, subject, region))


def judge_trails(subject: AuditSubject, region: str) -> Iterator[AuditJudgement]:
    """Which trails record the region, and where they store their records."""
    try:
        trails = subject.client("cloudtrail", region).describe_trails(includeShadowTrails=True)["trailList"]
        seen = "; ".join(f"{trail['Name']} stores its records in {trail.get('S3BucketName')}" for trail in trails)
    except (ClientError, BotoCoreError) as error:
        seen = f"trails cannot be read ({error})"
    keys = " and the opaque keys of staged copies" if region == subject.remote else ""
    yield AuditJudgement(
        Status.ADVICE,
        seen or "no trail; AWS keeps its event history of 90 days",
        f"Records have times, roles and IP addresses{keys}, no images and no names. Puts and deletes of copies are "
        "data events: record them only in a trail whose bucket may have that.",
    )
