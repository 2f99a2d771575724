"""Prepared images, in the home prepared bucket."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.images import PreparedImage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class PreparedBucket:
    """Prepared images with content-addressed keys."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def put(self, key: str, prepared: PreparedImage) -> None:
        """Store a prepared image. The key is made of its bytes, so that storing it again changes nothing."""
        with map_aws_errors():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=prepared.body, ContentType=prepared.content_type)

    def get(self, key: str) -> bytes:
        """The bytes of a prepared image. Raises Gone when the bucket's lifecycle has expired it."""
        try:
            with map_aws_errors():
                return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if get_error_code(error) in {"NoSuchKey", "404"}:
                raise Gone(f"the prepared image {key} has expired; upload the image again") from error
            raise
