"""The originals, in the home media bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 1024 * 1024
# A bucket without versions says "null"; such a key is read as it is now.
UNVERSIONED = "null"


class MediaBucket:
    """Reads exactly the version that an event speaks of."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def find(self, key: str, version: str | None = None) -> Upload:
        """What lies under a key: one version, or the one that is current. Raises Gone."""
        named: Any = {"Bucket": self.bucket, "Key": key} | ({"VersionId": version} if version else {})
        try:
            with translated():
                head = self.s3.head_object(**named)
        except ClientError as error:
            # Answers to HEAD have no body that would tell more. 400: no version's name; 405: a delete marker.
            if code_of(error) in {"400", "404", "405", "NoSuchKey", "NoSuchVersion"}:
                which = f" version {version}" if version else ""
                raise Gone(f"{key!r}{which} is not in the media bucket: upload it first") from error
            raise
        at = round(head["LastModified"].timestamp() * 1000)
        return Upload(key, head.get("VersionId", UNVERSIONED), head["ContentLength"], "", at)

    def read(self, upload: Upload, offset: int, length: int) -> bytes:
        """A range of one version's bytes, shorter at its end. Raises Gone."""
        if not 0 <= offset < upload.size or length <= 0:
            return b""
        with gone_or_unavailable(upload):
            answer = self.s3.get_object(**self.version(upload), Range=f"bytes={offset}-{offset + length - 1}")
            # A server may send everything instead (RFC 9110, 14.2); MiniStack 1.5.33 does where a version is named.
            if "ContentRange" not in answer:
                answer["Body"].read(offset)
            return answer["Body"].read(length)

    def fetch(self, upload: Upload, into: Path) -> str:
        """Stream one version into a file; its SHA-256 in hex. Raises Gone."""
        content = sha256()
        with gone_or_unavailable(upload), into.open("wb") as file:
            for chunk in self.s3.get_object(**self.version(upload))["Body"].iter_chunks(CHUNK):
                content.update(chunk)
                file.write(chunk)
        return content.hexdigest()

    def version(self, upload: Upload) -> Any:
        """How S3 names one version."""
        named = {"Bucket": self.bucket, "Key": upload.key}
        return named if upload.version == UNVERSIONED else named | {"VersionId": upload.version}


@contextmanager
def gone_or_unavailable(upload: Upload) -> Iterator[None]:
    """A version deleted meanwhile is Gone."""
    try:
        with translated():
            yield
    except ClientError as error:
        # MethodNotAllowed: the version is a delete marker. InvalidRange: a shorter one took its place.
        if code_of(error) in {"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "InvalidRange"}:
            raise Gone(f"{upload.key} version {upload.version} was deleted before it was read") from error
        raise
