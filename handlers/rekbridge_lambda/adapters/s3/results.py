"""Raw answers, in the home results bucket."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.results import Result

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ResultsBucket:
    """The first answer to a question stays."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def find(self, key: str) -> bool:
        """Whether this question was answered before."""
        try:
            with translated():
                self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise
        return True

    def put(self, key: str, result: Result) -> None:
        """Keep an answer unless there is one: the winner of a race is the one that was told first."""
        try:
            with translated():
                self.s3.put_object(
                    Bucket=self.bucket, Key=key, Body=result.body(), ContentType="application/json", IfNoneMatch="*"
                )
        except ClientError as error:
            # AWS: 409 says that another write of this key is under way, and may still fail.
            if code_of(error) == "ConditionalRequestConflict":
                raise Unavailable(str(error)) from error
            if code_of(error) != "PreconditionFailed":
                raise

    def get(self, key: str) -> Result:
        """An answer that is there."""
        with translated():
            return Result.read(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
