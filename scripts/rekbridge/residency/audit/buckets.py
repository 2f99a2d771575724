"""Checks of every bucket: where it is, who may reach it, how it is encrypted, how long it keeps what."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from rekbridge.residency import retention
from rekbridge.residency.audit.bucket_reading import Bucket, list_buckets, read_location
from rekbridge.residency.audit.resource_policies import find_foreign_principals, parse_policy, requires_tls
from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect, expect_none

# Days after which a bucket's objects, and its overwritten ones, must be gone.
EXPIRY_DAYS = {"staging": ("current", retention.STAGED_DAYS), "prepared": ("current", retention.PREPARED_DAYS)}
EXPIRY_DAYS |= {"media": ("noncurrent", retention.OLD_ORIGINAL_DAYS)}
EXPIRY_KINDS = {
    "current": ("objects", "Expiration", "Days"),
    "noncurrent": ("overwritten objects", "NoncurrentVersionExpiration", "NoncurrentDays"),
}
PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """Every check of every bucket."""
    for bucket in list_buckets(subject):
        for names, judge in JUDGES.items():
            yield Check(names, bucket.name, bucket.region, partial(judge, bucket))


def judge_region(bucket: Bucket) -> Iterator[AuditJudgement]:
    """The bucket is where its deployment says."""
    region = read_location(bucket.s3, bucket.name)
    yield expect(
        region == bucket.region,
        f"in {region}",
        f"It must be in {bucket.region}. Stop uploads, move the objects, and destroy this bucket.",
    )


def judge_public_access(bucket: Bucket) -> Iterator[AuditJudgement]:
    """All four blocks of public access are on."""
    answer = bucket.read("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
    settings = answer.get("PublicAccessBlockConfiguration", {})
    off = [name for name in PUBLIC_ACCESS if not settings.get(name)]
    yield expect_none([f"{name} is off" for name in off], "public access is blocked, all four ways", REDEPLOY)


def judge_policy(bucket: Bucket) -> Iterator[AuditJudgement]:
    """TLS only, and nobody else's principals."""
    policy = parse_policy(bucket.read("get_bucket_policy", "NoSuchBucketPolicy").get("Policy"))
    arn = f"arn:{bucket.subject.partition}:s3:::{bucket.name}"
    yield expect(
        requires_tls(policy, {"s3:*"}, {arn, f"{arn}/*"}),
        "its policy denies requests without TLS"
        if requires_tls(policy, {"s3:*"}, {arn, f"{arn}/*"})
        else "no statement of its policy denies all requests without TLS",
        REDEPLOY,
    )
    foreign = find_foreign_principals(policy, bucket.subject.account)
    yield expect_none(foreign, "its policy admits nobody outside the account", REDEPLOY)


def judge_encryption(bucket: Bucket) -> Iterator[AuditJudgement]:
    """Encrypted with the operator's key of its region, or with S3's own."""
    answer = bucket.read("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    algorithm, key = default.get("SSEAlgorithm"), default.get("KMSMasterKeyID")
    expected = bucket.subject.get_key(bucket.region)
    seen = f"{algorithm} with {key or 'a key of AWS'}" if algorithm else "no default encryption"
    holds = (algorithm, key) == ("aws:kms", expected) if expected else algorithm == "AES256"
    yield expect(holds, seen, f"Expected: {expected or 'AES256 (keys of S3)'}. {REDEPLOY}")


def judge_versioning(bucket: Bucket) -> Iterator[AuditJudgement]:
    """Only originals have versions: a version of a staged copy would outlive it."""
    status = bucket.read("get_bucket_versioning").get("Status", "never enabled")
    expected = "Enabled" if bucket.role == "media" else "never enabled"
    yield expect(status == expected, f"versioning: {status}", f"Expected: {expected}. {REDEPLOY}")


def judge_lifecycle(bucket: Bucket) -> Iterator[AuditJudgement]:
    """Objects go when they should; incomplete uploads after a day, everywhere."""
    rules = bucket.read("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration").get("Rules", [])
    whole = [rule for rule in rules if rule["Status"] == "Enabled" and _covers_everything(rule)]
    faults, seen = [], []
    if bucket.role in EXPIRY_DAYS:
        which, limit = EXPIRY_DAYS[bucket.role]
        (kind, rule_key, unit) = EXPIRY_KINDS[which]
        days = [rule[rule_key][unit] for rule in whole if unit in rule.get(rule_key, {})]
        seen.append(f"{kind} expire after {min(days, default=0)} d")
        if min(days, default=limit + 1) > limit:
            faults.append(f"no rule for the whole bucket expires {kind} within {limit} days")
    uploads = [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in whole
        if "AbortIncompleteMultipartUpload" in rule
    ]
    seen.append("incomplete uploads are aborted")
    if min(uploads, default=retention.INCOMPLETE_UPLOAD_DAYS + 1) > retention.INCOMPLETE_UPLOAD_DAYS:
        faults.append("no rule aborts incomplete uploads within a day")
    yield expect_none(faults, ", ".join(seen), REDEPLOY)


def _covers_everything(rule: Mapping[str, Any]) -> bool:
    """Whether a lifecycle rule has no filter."""
    narrowing = {key: value for key, value in rule.get("Filter", {}).items() if value not in ("", None, {})}
    return not narrowing and not rule.get("Prefix")


def judge_ownership(bucket: Bucket) -> Iterator[AuditJudgement]:
    """ACLs do not apply, so that the policy alone decides."""
    answer = bucket.read("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    ownership = rules[0]["ObjectOwnership"] if rules else "none set, so ACLs apply"
    yield expect(
        ownership == "BucketOwnerEnforced",
        f"object ownership: {ownership}",
        f"aws s3api put-bucket-ownership-controls --bucket {bucket.name} --region {bucket.region} "
        "--ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
    )


JUDGES: dict[tuple[str, ...], Callable[[Bucket], Iterator[AuditJudgement]]] = {
    ("bucket-region",): judge_region,
    ("bucket-public-access",): judge_public_access,
    ("bucket-tls", "bucket-principals"): judge_policy,
    ("bucket-encryption",): judge_encryption,
    ("bucket-versioning",): judge_versioning,
    ("bucket-lifecycle",): judge_lifecycle,
    ("bucket-ownership",): judge_ownership,
}
