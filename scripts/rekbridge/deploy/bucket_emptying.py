"""Empties buckets before Terraform deletes them: every version, delete marker and unfinished upload.

Terraform's force_destroy does that too, but by one request at a time, and on MiniStack for ever: it asks for URL
encoding of lists of versions, which MiniStack ignores, so with a '+' or '%' in a key it deletes another object.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.support.aws_errors import GONE_CODES, get_error_code
from rekbridge.support.errors import OperatorError

# Takes the number of versions that were deleted since the last call.
type CountDeleted = Callable[[int], None]

# Requests in flight. S3 takes 1,000 keys in each, and slows down more than about 3,500 deletes a second.
PARALLEL_REQUESTS = 8
# Each deletes what was written during the one before. If a bucket is never seen empty, something still writes to it.
MAX_ROUNDS = 20
PASSING_CODES = {"InternalError", "SlowDown", "ServiceUnavailable"}
# AWS reports success for a version that is gone already; LocalStack 4.14 does not, and lists one on two pages.
DELETED_CODES = {"NoSuchKey", "NoSuchVersion"}
CLOSED = "ClosedForRemoval"
# XML 1.0 cannot carry them, or changes them: such a key is deleted by a request of its own, in whose URL it stands.
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def close_bucket(s3: Any, bucket: str, arn: str, *, owner: str) -> None:
    """Deny every new object in a bucket of account `owner`: a Lambda that still runs must not write behind the removal.

    A deploy takes this back. A bucket that is gone stays gone.
    """
    try:
        policy = _read_policy(s3, bucket, owner)
        if any(statement.get("Sid") == CLOSED for statement in policy["Statement"]):
            return
        policy["Statement"].append(
            {"Sid": CLOSED, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{arn}/*"}
        )
        s3.put_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner, Policy=json.dumps(policy))
    except ClientError as error:
        if get_error_code(error) not in GONE_CODES:
            raise


def empty_bucket(s3: Any, bucket: str, count_deleted: CountDeleted = lambda _: None, *, owner: str) -> None:
    """Delete until the bucket, which is in account `owner`, is seen empty. A bucket that is gone is empty.

    Raises OperatorError if S3 refuses to delete a version, or if something keeps writing.
    """
    try:
        for _ in range(MAX_ROUNDS):
            if not _abort_uploads(s3, bucket, owner) + _delete_versions(s3, bucket, owner, count_deleted):
                return
    except ClientError as error:
        if get_error_code(error) in GONE_CODES:
            return
        raise
    raise OperatorError(
        f"The bucket {bucket} is not empty after it was emptied {MAX_ROUNDS} times: something keeps writing to it, or "
        "S3 lists a key with which it deletes nothing.",
        "Stop what writes to the bucket, or delete what it still lists; then run the command again.",
    )


def iterate_versions(
    s3: Any, bucket: str, owner: str = ""
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield versions and delete markers, up to 1,000 together at a time."""
    marker: dict[str, str] = {}
    while True:
        page = s3.list_object_versions(Bucket=bucket, **_name_owner(owner), **marker)
        yield page.get("Versions", []), page.get("DeleteMarkers", [])
        if not page.get("IsTruncated"):
            return
        marker = {"KeyMarker": page["NextKeyMarker"]}
        if version := page.get("NextVersionIdMarker"):
            marker["VersionIdMarker"] = version


def iterate_uploads(s3: Any, bucket: str, owner: str = "") -> Iterator[dict[str, Any]]:
    """Yield the unfinished multipart uploads: their parts are stored, and no list of objects shows them."""
    marker: dict[str, str] = {}
    while True:
        page = s3.list_multipart_uploads(Bucket=bucket, **_name_owner(owner), **marker)
        yield from page.get("Uploads", [])
        if not page.get("IsTruncated"):
            return
        marker = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}


def _name_owner(owner: str) -> dict[str, str]:
    """Return the argument with which S3 refuses a bucket of another account, which may have the name by now."""
    return {"ExpectedBucketOwner": owner} if owner else {}


def _read_policy(s3: Any, bucket: str, owner: str) -> dict[str, Any]:
    try:
        policy: dict[str, Any] = json.loads(s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner)["Policy"])
    except ClientError as error:
        # An interrupted `terraform destroy` deletes the policy long before the bucket.
        if get_error_code(error) != "NoSuchBucketPolicy":
            raise
        return {"Version": "2012-10-17", "Statement": []}
    return policy


def _abort_uploads(s3: Any, bucket: str, owner: str) -> int:
    uploads = list(iterate_uploads(s3, bucket, owner))
    for upload in uploads:
        try:
            s3.abort_multipart_upload(
                Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"], ExpectedBucketOwner=owner
            )
        except ClientError as error:
            # It was completed or aborted since.
            if get_error_code(error) != "NoSuchUpload":
                raise
    return len(uploads)


def _delete_versions(s3: Any, bucket: str, owner: str, count_deleted: CountDeleted) -> int:
    """Delete what one walk through the bucket finds. Returns how many that were."""
    listed = 0
    running: deque[Future[int]] = deque()
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
        try:
            for versions, markers in iterate_versions(s3, bucket, owner):
                batch = [{"Key": row["Key"], "VersionId": row["VersionId"]} for row in (*versions, *markers)]
                listed += len(batch)
                if batch:
                    running.append(pool.submit(_delete_batch, s3, bucket, owner, batch))
                # Not the whole bucket in memory: it may have millions of versions.
                if len(running) >= PARALLEL_REQUESTS:
                    count_deleted(running.popleft().result())
            while running:
                count_deleted(running.popleft().result())
        finally:
            # After an error or Ctrl-C only what was sent already is waited for.
            pool.shutdown(cancel_futures=True)
    return listed


def _delete_batch(s3: Any, bucket: str, owner: str, batch: list[dict[str, str]]) -> int:
    """Delete up to 1,000 versions. Returns how many. What S3 refuses for the moment is found again by the next walk."""
    in_xml = [version for version in batch if not NOT_IN_XML.search(version["Key"])]
    errors: list[dict[str, Any]] = []
    if in_xml:
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": in_xml, "Quiet": True}, ExpectedBucketOwner=owner)
        errors = answer.get("Errors", [])
        errors = [error for error in errors if error.get("Code") not in DELETED_CODES]
    for version in batch:
        if NOT_IN_XML.search(version["Key"]):
            s3.delete_object(Bucket=bucket, ExpectedBucketOwner=owner, **version)
    for error in errors:
        if error.get("Code") not in PASSING_CODES:
            raise OperatorError(
                f"S3 does not delete {error.get('Key')!r} from {bucket}: {error.get('Code')}: {error.get('Message')}",
                "Allow your role s3:DeleteObject and s3:DeleteObjectVersion, then run the command again.",
            )
    return len(batch) - len(errors)
