"""Uploaded files, and the signed forms with which they are uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from rekbridge_lambda.domain.ids import OwnerId
from rekbridge_lambda.domain.images import MAX_FILE_BYTES

UPLOAD_VALID_S = 900
MAX_UPLOAD_BYTES = MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one key. `uploaded_at` is in milliseconds since 1970; `sequencer` orders a key's versions."""

    key: str
    version: str
    size: int
    sequencer: str
    uploaded_at: int

    @property
    def owner(self) -> OwnerId:
        """The first segment of the key; a key without folders has no particular owner."""
        return OwnerId(self.key.partition("/")[0] if "/" in self.key else "")


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
