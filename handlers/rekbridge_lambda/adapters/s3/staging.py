"""Staged copies, in the remote region's staging bucket."""

from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class StagingBucket:
    """Holds copies only while their analysis needs them."""

    def __init__(self, clients: Callable[[str], "S3Client"], region: str, bucket: str) -> None:
        self.clients, self.region, self.bucket = clients, region, bucket

    @property
    def s3(self) -> "S3Client":
        """The region's client: a Lambda whose work goes by bytes alone never makes it."""
        return self.clients(self.region)

    def put(self, key: str, body: bytes) -> None:
        """Stage a copy; the bucket's notification tells the bridge of its arrival, each time it is put."""
        with translated():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def size(self, key: str) -> int | None:
        """How many bytes a copy has; None when it is not there."""
        try:
            with translated():
                return self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if code_of(error) in {"404", "NoSuchKey", "NotFound"}:
                return None
            raise

    def delete(self, keys: Iterable[str]) -> None:
        """Take copies away. Raises Unavailable when S3 kept one: DeleteObjects answers 200 for partial failures."""
        # One DeleteObjects call takes a thousand keys.
        for some in batched(keys, 1000):
            with translated():
                answer = self.s3.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
            if errors := answer.get("Errors"):
                raise Unavailable(f"S3 kept {len(errors)} staged copies: {errors[0]}")

    def copies(self) -> Iterator[tuple[str, int]]:
        """Every copy with the time it was staged, in milliseconds."""
        with translated():
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for copy in page.get("Contents", []):
                    yield copy["Key"], round(copy["LastModified"].timestamp() * 1000)
