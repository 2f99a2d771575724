"""The buckets in memory: originals, prepared images, staged copies, results; and the signer of upload forms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import BinaryIO

from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.images import PreparedImage
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.uploads import PresignedPost, Upload, UploadRequest

from tests.builders import NOW
from tests.fake_time import FakeClock


def compute_etag(body: bytes) -> str:
    """S3's entity tag of an object that was uploaded in one piece."""
    return md5(body, usedforsecurity=False).hexdigest()


class FakeMediaStore(dict[tuple[str, str], bytes]):
    """Originals by key and version."""

    def find_upload(self, key: str, version: str | None = None) -> Upload:
        for stored_key, stored_version in reversed(self):
            if stored_key == key and version in (None, stored_version):
                body = self[key, stored_version]
                return Upload(key, stored_version, len(body), "", NOW, compute_etag(body))
        raise Gone(f"{key!r} is not in the media bucket: upload it first")

    def read_range(self, upload: Upload, offset: int, length: int) -> bytes:
        return self.read_version(upload)[offset : offset + length]

    def download(self, upload: Upload, into: BinaryIO) -> str:
        body = self.read_version(upload)
        into.write(body)
        return sha256(body).hexdigest()

    def read_version(self, upload: Upload) -> bytes:
        try:
            body = self[upload.key, upload.version]
        except KeyError:
            raise Gone(f"{upload.key} version {upload.version} was deleted before it was read") from None
        if upload.version == "null" and upload.etag not in ("", compute_etag(body)):
            raise Gone(f"{upload.key} was overwritten before it was read")
        return body


class FakeUploadSigner(list[UploadRequest]):
    def sign_upload(self, upload_request: UploadRequest) -> PresignedPost:
        self.append(upload_request)
        return PresignedPost("https://media.s3.eu-west-3.amazonaws.com/", {"key": upload_request.key, "policy": "..."})


class FakePreparedImageStore(dict[str, PreparedImage]):
    put = dict.__setitem__

    def get(self, key: str) -> bytes:  # type: ignore[override]
        if key not in self:
            raise Gone(f"the prepared image {key} has expired; upload the image again")
        return self[key].body


@dataclass
class FakeStagingStore:
    """Staged copies with the time they were staged; `arrivals` are the keys that the bucket announces."""

    now: FakeClock = field(default_factory=FakeClock)
    bodies: dict[str, bytes] = field(default_factory=dict)
    staged_at: dict[str, int] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key], self.staged_at[key] = body, self.now()
        self.arrivals.append(key)

    def get_size(self, key: str) -> int | None:
        return len(self.bodies[key]) if key in self.bodies else None

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.bodies.pop(key, None)
            self.staged_at.pop(key, None)

    def list_copies(self) -> Iterator[tuple[str, int]]:
        yield from sorted(self.staged_at.items())


class FakeResultStore(dict[str, Result]):
    def has_result(self, key: ResultKey) -> bool:
        return key in self

    def put_if_absent(self, key: ResultKey, result: Result) -> None:
        self.setdefault(key, result)

    def load_result(self, key: ResultKey) -> Result:
        return self[key]
