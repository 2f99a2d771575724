"""The original files, in the home media bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.uploads import UNVERSIONED, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 1024 * 1024


class MediaBucket:
    """Reads exactly the version that an event names, and without versions only the content that it announces."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def find_upload(self, key: str, version: str | None = None) -> Upload:
        """The given version of a key, or its current version. Raises Gone."""
        arguments: Any = {"Bucket": self.bucket, "Key": key} | ({"VersionId": version} if version else {})
        try:
            with map_aws_errors():
                head = self.s3.head_object(**arguments)
        except ClientError as error:
            # A HEAD response has no body with a code. 400: not a version id; 405: a delete marker.
            if get_error_code(error) in {"400", "404", "405", "NoSuchKey", "NoSuchVersion"}:
                which = f" version {version}" if version else ""
                raise Gone(f"{key!r}{which} is not in the media bucket: upload it first") from error
            raise
        at = round(head["LastModified"].timestamp() * 1000)
        etag = head["ETag"].strip('"')
        return Upload(key, head.get("VersionId", UNVERSIONED), head["ContentLength"], "", at, etag)

    def read_range(self, upload: Upload, offset: int, length: int) -> bytes:
        """A range of one version's bytes, shorter at the end of the file. Raises Gone."""
        if not 0 <= offset < upload.size or length <= 0:
            return b""
        with map_missing_version(upload):
            answer = self.s3.get_object(
                **self.build_version_arguments(upload), Range=f"bytes={offset}-{offset + length - 1}"
            )
            # A server may ignore Range (RFC 9110, 14.2); MiniStack 1.5.33 does when a version is given.
            if "ContentRange" not in answer:
                answer["Body"].read(offset)
            return answer["Body"].read(length)

    def download(self, upload: Upload, into: BinaryIO) -> str:
        """Stream one version into a file; returns its SHA-256 in hex. Raises Gone."""
        content = sha256()
        with map_missing_version(upload):
            for chunk in self.s3.get_object(**self.build_version_arguments(upload))["Body"].iter_chunks(CHUNK):
                content.update(chunk)
                into.write(chunk)
        return content.hexdigest()

    def build_version_arguments(self, upload: Upload) -> Any:
        """The arguments that name one version for S3."""
        arguments = {"Bucket": self.bucket, "Key": upload.key}
        if upload.version != UNVERSIONED:
            return arguments | {"VersionId": upload.version}
        return arguments | {"IfMatch": f'"{upload.etag}"'} if upload.etag else arguments


@contextmanager
def map_missing_version(upload: Upload) -> Iterator[None]:
    """Raise Gone for a version that was deleted in the meantime, Unavailable as `map_aws_errors` does."""
    try:
        with map_aws_errors():
            yield
    except ClientError as error:
        code = get_error_code(error)
        # MethodNotAllowed: the version is a delete marker.
        if code in {"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed"}:
            raise Gone(f"{upload.key} version {upload.version} was deleted before it was read") from error
        # Only without versions: another object has the key now. An event of its own announces it.
        if code in {"PreconditionFailed", "412", "InvalidRange"}:
            raise Gone(f"{upload.key} was overwritten before it was read") from error
        raise
