"""What came of the work: nothing lost, nothing done twice, and everything that held data is still the same."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rekbridge.read_models.claims import NO_OUTCOME, ClaimRecord, open_claims
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus
from rekbridge.testing import RekognitionCall
from rekbridge_lambda.adapters.dynamodb.items import deserialize

# The local Rekognition has begun these, and nobody has got their answer: AWS may bill them.
ANSWERED, ABANDONED = "ok", "Abandoned"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim about the upgrade, the figures behind it, and whether it holds."""

    claim: str
    figures: str
    holds: bool


def identify_data(deployed: Deployment) -> dict[str, str]:
    """Everything that holds data, by name, with what a replacement would have otherwise: its id or time of creation."""
    home = deployed.home
    tables, s3, secrets = (deployed.client(name, home) for name in ("dynamodb", "s3", "secretsmanager"))
    found = {}
    for table in deployed.outputs["tables"].values():
        row = tables.describe_table(TableName=table)["Table"]
        found[f"table {table}"] = f"{row.get('TableId')} {row['CreationDateTime']}"
    for queue in deployed.list_queues():
        sqs = deployed.client("sqs", queue.region)
        answer = sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["CreatedTimestamp"])
        found[f"queue {queue.name}"] = answer["Attributes"]["CreatedTimestamp"]
    ours = set(deployed.outputs["buckets"].values())
    found |= {
        f"bucket {row['Name']}": str(row["CreationDate"]) for row in s3.list_buckets()["Buckets"] if row["Name"] in ours
    }
    secret = secrets.describe_secret(SecretId=f"{deployed.outputs['prefix']}-ids")
    found["secret"] = f"{secret['ARN']} {secret['CreatedDate']}"
    return found


def load_statuses(deployed: Deployment, versions: list[ObjectVersion]) -> list[UploadStatus]:
    """What the library knows about each upload."""
    return UploadReader(deployed).find_statuses(versions)


def check_uploads(deployed: Deployment, statuses: list[UploadStatus]) -> Iterator[Verdict]:
    """Every upload has every result, stored, counted and published in the library once."""
    operations = len(deployed.operations)
    settled = sum(status.is_settled for status in statuses)
    yield Verdict("every upload settled", f"{settled} of {len(statuses)}", settled == len(statuses))
    done = sum(result.status == "done" for status in statuses for result in status.results.values())
    expected = len(statuses) * operations
    yield Verdict("every result is there", f"{done} of {expected}", done == expected)
    s3, bucket = deployed.client("s3", deployed.home), deployed.get_bucket("results")
    stored = sum(len(page.get("Contents", [])) for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    yield Verdict("every result is stored once", f"{stored} of {expected}", stored == expected)
    rows, counts = _count_labels(deployed)
    yield Verdict("labels are counted once", f"{rows} rows, counted {counts}", rows == counts > 0)


def check_rest(deployed: Deployment, left: dict[str, int]) -> Iterator[Verdict]:
    """Nothing is left over: no message, no dead letter, no staged copy, no lease."""
    waiting = {name: count for name, count in left.items() if count}
    yield Verdict("nothing waits, is staged or leased any more", str(waiting or "0"), not waiting)
    depths = {queue.name: deployed.get_queue_depth(queue) for queue in deployed.list_queues()}
    dead = {name: depth for name, depth in depths.items() if name.endswith("-dlq") and depth}
    yield Verdict("every DLQ is empty", str(dead or "0"), not dead)


def check_payments(claims: Iterable[ClaimRecord], calls: list[RekognitionCall], expected: int) -> Iterator[Verdict]:
    """The calls that Rekognition has logged are those of the claims table, one for each lease."""
    listed = list(claims)
    outcomes = Counter(attempt.outcome for claim in listed for attempt in claim.attempts)
    unpaid = sum(claim.unpaid for claim in listed)
    answers = Counter(call.answer for call in calls)
    yield Verdict("calls were throttled meanwhile", str(dict(answers)), len(answers) > 1)
    twice = sum(claim.done_count > 1 for claim in listed)
    # An answer without this outcome is stored, too: its worker was stopped before it could record that.
    figures = f"{outcomes['done']} of {expected} recorded as done, {twice} twice"
    yield Verdict("no result was answered twice", figures, not twice and len(listed) == expected)
    leases = outcomes.total() + unpaid
    figures = f"{len(calls)} calls, {leases} leases: {dict(outcomes)}, {unpaid} unpaid"
    yield Verdict("no call without a lease of its own", figures, len(calls) <= leases)
    answered = answers[ANSWERED] + answers[ABANDONED]
    repeated = answered - len({(call.operation, call.sha256) for call in calls if call.answer in {ANSWERED, ABANDONED}})
    # A call that is not answered in time is recorded as unpaid, as a refused one is (decision 1, "Unknown").
    too_late = max(0, unpaid - (len(calls) - answered))
    yield Verdict(
        "a call was repeated only after its worker had been stopped or had waited in vain",
        f"{repeated} repeated, {outcomes[NO_OUTCOME]} leases without an outcome, {too_late} not answered in time",
        repeated <= outcomes[NO_OUTCOME] + too_late,
    )


def load_claims(deployed: Deployment) -> list[ClaimRecord]:
    """Every row of the claims table."""
    return list(open_claims(deployed).load_all_claims().values())


def check_data_kept(before: dict[str, str], after: dict[str, str]) -> Verdict:
    """No table, queue, bucket or secret was replaced."""
    changed = sorted(name for name, identity in before.items() if after.get(name) != identity)
    figures = ", ".join(changed) or f"{len(before)} of {len(before)} are the same"
    return Verdict("no table, queue, bucket or secret was replaced", figures, not changed)


def _count_labels(deployed: Deployment) -> tuple[int, int]:
    """The number of label rows, and the sum of the label counts."""
    rows = counts = 0
    for row in _scan(deployed):
        rows += row["pk"].startswith("LABEL#")
        counts += int(row["images"]) if row["pk"].startswith("COUNT#") else 0
    return rows, counts


def _scan(deployed: Deployment) -> Iterator[dict[str, Any]]:
    table = deployed.client("dynamodb", deployed.home).get_paginator("scan")
    for page in table.paginate(TableName=deployed.get_table("library"), ConsistentRead=True):
        yield from map(deserialize, page["Items"])
