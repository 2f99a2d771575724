"""What lies in the staging bucket longer than it may."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from rekbridge.deploy.bucket_emptying import iterate_uploads, iterate_versions
from rekbridge.residency.audit.bucket_reading import Bucket, list_buckets
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect_none

# SWEEP runs every five minutes, and may miss one turn.
GRACE = timedelta(minutes=10)


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """The check of the staging bucket's contents."""
    (bucket,) = [bucket for bucket in list_buckets(subject) if bucket.role == "staging"]
    yield Check(("staging-leftovers",), bucket.name, bucket.region, partial(judge_leftovers, bucket))


def judge_leftovers(bucket: Bucket) -> Iterator[AuditJudgement]:
    """No object, no unfinished upload is older than `staging_ttl_h`, and there are no versions that nobody lists."""
    hours = bucket.subject.rules["staging_ttl_h"]
    limit = bucket.subject.now - timedelta(hours=hours) - GRACE
    current, oldest, old, hidden = 0, bucket.subject.now, 0, 0
    for versions, markers in iterate_versions(bucket.s3, bucket.name, bucket.subject.account):
        for version in versions:
            current += bool(version["IsLatest"])
            hidden += not version["IsLatest"]
            old += version["LastModified"] < limit
            oldest = min(oldest, version["LastModified"])
        hidden += len(markers)
    uploads = [row["Initiated"] for row in iterate_uploads(bucket.s3, bucket.name, bucket.subject.account)]
    stuck = [one for one in uploads if one < limit]
    faults = [
        *(
            [f"{old} objects are older than staging_ttl_h ({hours:g} h), the oldest of {_format(oldest)}"]
            if old
            else []
        ),
        *([f"{hidden} older versions and delete markers, which no list of objects shows"] if hidden else []),
        *([f"{len(stuck)} incomplete uploads, the oldest of {_format(min(stuck))}"] if stuck else []),
    ]
    yield expect_none(
        faults,
        f"{current} staged copies, none older than {hours:g} h; {len(uploads)} incomplete uploads",
        f"Look why SWEEP does not delete them (its log, docs/operations.md), then delete them: aws s3 rm --recursive "
        f"s3://{bucket.name}/ --region {bucket.region} (versions: aws s3api delete-object --version-id; uploads: "
        "aws s3api abort-multipart-upload). SWEEP stages again what is still needed.",
    )


def _format(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
