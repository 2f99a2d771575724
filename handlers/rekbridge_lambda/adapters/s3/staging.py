"""Staged copies, in the remote region's staging bucket."""

from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class StagingBucket:
    """Copies that exist only while their analysis needs them, in a bucket of the account `owner`.

    Every call names the owner: S3 refuses it with 403 if the bucket's name has come to belong to somebody else.
    """

    def __init__(self, clients: Callable[[str], "S3Client"], region: str, bucket: str, owner: str) -> None:
        self.clients, self.region, self.bucket, self.owner = clients, region, bucket, owner

    @property
    def s3(self) -> "S3Client":
        """The client of the region, created when it is first needed: without staged operations it never is."""
        return self.clients(self.region)

    def put(self, key: str, body: bytes) -> None:
        """Stage a copy; each put makes the bucket notify the bridge of its arrival."""
        with map_aws_errors():
            self.s3.put_object(Bucket=self.bucket, ExpectedBucketOwner=self.owner, Key=key, Body=body)

    def get_size(self, key: str) -> int | None:
        """The size of a copy in bytes; None when it does not exist."""
        try:
            with map_aws_errors():
                return self.s3.head_object(Bucket=self.bucket, ExpectedBucketOwner=self.owner, Key=key)["ContentLength"]
        except ClientError as error:
            if get_error_code(error) in {"404", "NoSuchKey", "NotFound"}:
                return None
            raise

    def delete(self, keys: Iterable[str]) -> None:
        """Delete copies. Raises Unavailable when one remains: DeleteObjects answers 200 for partial failures."""
        # AWS: one DeleteObjects call accepts 1,000 keys.
        for some in batched(keys, 1000):
            with map_aws_errors():
                answer = self.s3.delete_objects(
                    Bucket=self.bucket,
                    ExpectedBucketOwner=self.owner,
                    Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
                )
            if errors := answer.get("Errors"):
                raise Unavailable(f"S3 did not delete {len(errors)} staged copies: {errors[0]['Code']}")

    def list_copies(self) -> Iterator[tuple[str, int]]:
        """Every copy with the time it was staged, in milliseconds."""
        with map_aws_errors():
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, ExpectedBucketOwner=self.owner
            )
            for page in pages:
                for copy in page.get("Contents", []):
                    yield copy["Key"], round(copy["LastModified"].timestamp() * 1000)
