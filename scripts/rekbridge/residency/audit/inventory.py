"""What has the deployment's tags, in every region of the partition: nothing outside home and remote, no code abroad."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError
from rekbridge_lambda.domain.regions import REGIONS

from rekbridge.deploy.preflight.credentials import NOT_ENABLED_CODES
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, Status, expect_none
from rekbridge.support.aws_errors import get_error_code

# Services of which the remote region has something: staged copies, their topic, its key, the delivery DLQ, an alarm.
REMOTE_SERVICES = {"s3", "sns", "kms", "sqs", "cloudwatch"}
PARALLEL_REGIONS = 16


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """One check of the remote region, and one of all other regions together."""
    yield Check(("remote-resources",), "tagged resources", subject.remote, partial(judge_remote, subject))
    yield Check(("resources-elsewhere",), "tagged resources", "every other region", partial(judge_elsewhere, subject))


def judge_remote(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """The remote region has no code and no database."""
    arns = list_tagged(subject, subject.remote)
    if not arns:
        yield _describe_untagged(subject)
        return
    strange = [arn for arn in arns if arn.split(":")[2] not in REMOTE_SERVICES]
    yield expect_none(
        [f"{arn} is there" for arn in strange],
        f"{len(arns)} resources, of {', '.join(sorted({arn.split(':')[2] for arn in arns}))}",
        "The kit creates none of these. Find out what they are, and remove them or their tag `deployment`.",
    )


def judge_elsewhere(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """No other region has anything. A region that is not enabled for the account has nothing."""
    regions = [
        code
        for code, region in REGIONS.items()
        if region.partition == subject.partition and code not in {subject.home, subject.remote}
    ]
    if not list_tagged(subject, subject.home):
        yield _describe_untagged(subject)
        return
    clients = [subject.client("resourcegroupstaggingapi", region) for region in regions]
    with ThreadPoolExecutor(PARALLEL_REGIONS) as pool:
        found = list(pool.map(partial(_list_or_describe, subject), regions, clients))
    unread = [text for arns, text in found if text and arns is None]
    arns = [arn for arns, _ in found for arn in arns or []]
    if arns:
        faults = [f"{arn} is there" for arn in arns]
        yield AuditJudgement(
            Status.FAILED, "; ".join(faults), "Find out what made these, then remove them or their tag."
        )
    elif unread:
        advice = "Allow tag:GetResources in these regions, or run this where they can be reached."
        yield AuditJudgement(Status.UNKNOWN, "; ".join(unread), advice)
    else:
        enabled = sum(arns is not None for arns, _ in found)
        yield AuditJudgement(Status.PASSED, f"nothing in {enabled} regions; {len(regions) - enabled} are not enabled")


def list_tagged(subject: AuditSubject, region: str) -> list[str]:
    """The ARNs of all that has the deployment's two tags in a region, sorted."""
    filters = [{"Key": "deployment", "Values": [subject.prefix]}, {"Key": "application", "Values": ["rekbridge"]}]
    pages = subject.client("resourcegroupstaggingapi", region).get_paginator("get_resources")
    return sorted(
        row["ResourceARN"] for page in pages.paginate(TagFilters=filters) for row in page["ResourceTagMappingList"]
    )


def _list_or_describe(subject: AuditSubject, region: str, _: object) -> tuple[list[str] | None, str]:
    """The ARNs; or None, with the reason unless the region is not enabled."""
    try:
        return list_tagged(subject, region), ""
    except ClientError as error:
        code = get_error_code(error)
        return None, "" if code in NOT_ENABLED_CODES else f"{region} cannot be read ({code})"
    except BotoCoreError as error:
        return None, f"{region} cannot be reached ({error})"


def _describe_untagged(subject: AuditSubject) -> AuditJudgement:
    return AuditJudgement(
        Status.UNKNOWN,
        f"nothing has the tags application = rekbridge and deployment = {subject.prefix}, not even what is deployed",
        "A root of your own sets them on its providers (default_tags, terraform/tags.tf). Then run this again.",
    )
