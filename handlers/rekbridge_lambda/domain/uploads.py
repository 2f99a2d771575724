"""Uploaded files, and the signed forms with which they are uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from rekbridge_lambda.domain.ids import OwnerId
from rekbridge_lambda.domain.images import MAX_FILE_BYTES

# S3's version of an object in a bucket without versioning, or with suspended versioning: each upload overwrites it.
UNVERSIONED = "null"
UPLOAD_VALID_S = 900
MAX_UPLOAD_BYTES = MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one key. `uploaded_at` is in milliseconds since 1970; `sequencer` orders a key's versions.

    `etag` changes with the content. It tells apart what was under the version UNVERSIONED one after the other.
    """

    key: str
    version: str
    size: int
    sequencer: str
    uploaded_at: int
    etag: str = ""

    @property
    def owner(self) -> OwnerId:
        """The first segment of the key; a key without folders has no particular owner."""
        return OwnerId(self.key.partition("/")[0] if "/" in self.key else "")

    def is_repeat_of(self, stored: "Upload") -> bool:
        """Whether this is another notification of an upload that was stored under the same key and version."""
        if self.version != UNVERSIONED:
            return True
        return (self.sequencer, self.size, self.etag) == (stored.sequencer, stored.size, stored.etag)


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A file that a caller wants to upload."""

    key: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """Where to POST a file, and the form fields that come before it (AWS: browser-based uploads using POST)."""

    url: str
    fields: Mapping[str, str]
