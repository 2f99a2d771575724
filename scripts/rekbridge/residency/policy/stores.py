"""Everything that is kept: what, where, for how long, under which key, and who can read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge.residency import retention
from rekbridge.residency.policy.places import Place, describe_place

S3_KEY, SQS_KEY, LOGS_KEY = "S3's own keys (SSE-S3)", "SQS's own keys (SSE-SQS)", "CloudWatch's own keys"
TABLE_KEY, SECRET_KEY = "DynamoDB's own keys", "the account's key aws/secretsmanager"


@dataclass(frozen=True, slots=True)
class Store:
    """One thing that is kept. `readers` are of the deployment's account."""

    what: str
    place: Place
    how_long: str
    key: str
    readers: str


def list_stores(values: Mapping[str, Any]) -> Iterator[Store]:
    """Yield what is kept abroad, then what is kept at home."""
    yield from _list_abroad(values)
    yield from _list_at_home(values)


def _list_abroad(values: Mapping[str, Any]) -> Iterator[Store]:
    remote, key = describe_place(values["remote"]), values["kms_key_arns"]["remote"]
    staged = sorted(name for name, row in values["operations"].items() if row["transfer"] == "staged")
    hours = f"{values['staging_ttl_h']} h"
    yield Store(
        f"staged copies, of {', '.join(staged)}" if staged else "staged copies: none, because no operation is staged",
        remote,
        f"until the last of these operations is done; deleted {hours} after it was stored in any case (staging_ttl_h); "
        f"S3 expires what is left within {24 * (retention.STAGED_DAYS + 1)} h"
        if staged
        else f"nothing is stored ({hours} would be the limit, staging_ttl_h)",
        key or S3_KEY,
        "ANALYZE, SWEEP, and Rekognition with the permissions of ANALYZE (INGEST only writes, ROUTE only deletes)",
    )
    yield Store(
        "notifications of staged copies: region, time, bucket, opaque key, size, ETag, role; no owner, no file name",
        remote,
        "minutes, until SNS has delivered them to the bridge queue at home",
        key or "a key of the deployment",
        "SNS",
    )
    yield Store(
        "notifications that could not be delivered (delivery DLQ)",
        remote,
        f"{retention.REMOTE_DLQ_DAYS} days",
        key or SQS_KEY,
        "people with access to the account's queues",
    )
    for region in sorted({*values["allowed"], values["remote"]} - {values["home"]}):
        yield Store(
            "AWS CloudTrail's event history: time, role, IP address and parameters of calls, no image",
            describe_place(region),
            "90 days, by AWS; longer in a trail of yours",
            "AWS's",
            "people with access to CloudTrail",
        )


def _list_at_home(values: Mapping[str, Any]) -> Iterator[Store]:
    home, key = describe_place(values["home"]), values["kms_key_arns"]["home"]
    backups = f"until you delete it; backups {retention.TABLE_BACKUP_DAYS} days"
    rows = [
        (
            "originals (media bucket)",
            f"until you delete them; {retention.OLD_ORIGINAL_DAYS} days more as an old version",
            S3_KEY,
            "INGEST, API",
        ),
        (
            "prepared images",
            f"{retention.PREPARED_DAYS} days",
            S3_KEY,
            "INGEST, ANALYZE, SWEEP",
        ),
        ("Rekognition's responses (results bucket)", "until you delete them", S3_KEY, "ROUTE, API, ANALYZE"),
        ("library: owners, images, labels, counts", backups, TABLE_KEY, "the functions, `rekbridge status`"),
        ("claims: what was sent, when, to which region", backups, TABLE_KEY, "ANALYZE, API, `rekbridge status`"),
        (
            "messages: keys of files, ids, results",
            f"{retention.QUEUE_DAYS} days at most; {retention.DLQ_DAYS} days in a DLQ",
            SQS_KEY,
            "the functions",
        ),
        (
            "logs, without owners and file names; the access log names callers",
            f"{values['log_retention_days']} days (log_retention_days)",
            LOGS_KEY,
            "people with access to the log groups",
        ),
        (
            f"the secret that ids are made with, {values['ids_secret_arn'] or 'of the deployment'}",
            "as long as the deployment",
            SECRET_KEY,
            "INGEST, API, whoever deploys",
        ),
    ]
    for what, how_long, default_key, readers in rows:
        yield Store(what, home, how_long, key or default_key, readers)
