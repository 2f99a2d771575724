"""Rekognition's responses, in the home results bucket."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.results import Result

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ResultsBucket:
    """The first result for a key stays."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def has_result(self, key: ResultKey) -> bool:
        """Whether there is a result under this key."""
        try:
            with map_aws_errors():
                self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if get_error_code(error) in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise
        return True

    def put_if_absent(self, key: ResultKey, result: Result) -> None:
        """Store a result unless there is one: in a race the first write wins."""
        try:
            with map_aws_errors():
                self.s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=encode_result(result),
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
        except ClientError as error:
            # AWS: 409 means that another write of this key is under way, and may still fail.
            if get_error_code(error) == "ConditionalRequestConflict":
                raise Unavailable("another write of the same result is under way") from error
            if get_error_code(error) != "PreconditionFailed":
                raise

    def load_result(self, key: ResultKey) -> Result:
        """A stored result."""
        with map_aws_errors():
            return decode_result(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())


def encode_result(result: Result) -> bytes:
    """The object in the results bucket."""
    return json.dumps(asdict(result), separators=(",", ":")).encode()


def decode_result(body: bytes) -> Result:
    """The result in an object of the results bucket."""
    return Result(**json.loads(body))
