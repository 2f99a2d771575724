"""Prepared images, in the home prepared bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.imaging.sniffing import Prepared

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class PreparedBucket:
    """Variants by a key that tells their content."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def put(self, key: str, prepared: Prepared) -> None:
        """Keep a variant; the key names its bytes, so that the same again changes nothing."""
        with translated():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=prepared.body, ContentType=prepared.content_type)

    def get(self, key: str) -> bytes:
        """The bytes of a variant. Raises Gone."""
        with expired_or_unavailable(key):
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()


@contextmanager
def expired_or_unavailable(key: str) -> Iterator[None]:
    """A variant that its bucket's lifecycle took is Gone."""
    try:
        with translated():
            yield
    except ClientError as error:
        if code_of(error) in {"NoSuchKey", "404"}:
            raise Gone(f"the prepared image {key} has expired; upload the image again") from error
        raise
