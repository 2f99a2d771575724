"""The buckets in memory: originals, prepared images, staged copies, raw answers; and the forms that fill the first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.upload_requests import Form, Wish
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.imaging.sniffing import Prepared

from tests.builders import NOW
from tests.fake_time import FakeClock


class FakeMedia(dict[tuple[str, str], bytes]):
    """Originals by key and version."""

    def find(self, key: str, version: str | None = None) -> Upload:
        for of, one in reversed(self):
            if of == key and version in (None, one):
                return Upload(key, one, len(self[key, one]), "", NOW)
        raise Gone(f"{key!r} is not in the media bucket: upload it first")

    def read(self, upload: Upload, offset: int, length: int) -> bytes:
        return self.version(upload)[offset : offset + length]

    def fetch(self, upload: Upload, into: Path) -> str:
        body = self.version(upload)
        into.write_bytes(body)
        return sha256(body).hexdigest()

    def version(self, upload: Upload) -> bytes:
        try:
            return self[upload.key, upload.version]
        except KeyError:
            raise Gone(f"{upload.key} version {upload.version} was deleted before it was read") from None


class FakeUploadForms(list[Wish]):
    def sign(self, wish: Wish) -> Form:
        self.append(wish)
        return Form("https://media.s3.eu-west-3.amazonaws.com/", {"key": wish.key, "policy": "..."})


class FakeShelf(dict[str, Prepared]):
    put = dict.__setitem__

    def get(self, key: str) -> bytes:  # type: ignore[override]
        if key not in self:
            raise Gone(f"the prepared image {key} has expired; upload the image again")
        return self[key].body


@dataclass
class FakeStaging:
    """Copies with the time they came; `arrivals` is what the bucket announces."""

    now: FakeClock = field(default_factory=FakeClock)
    bodies: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key], self.times[key] = body, self.now()
        self.arrivals.append(key)

    def size(self, key: str) -> int | None:
        return len(self.bodies[key]) if key in self.bodies else None

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.bodies.pop(key, None)
            self.times.pop(key, None)

    def copies(self) -> Iterator[tuple[str, int]]:
        yield from sorted(self.times.items())


class FakeResults(dict[str, Result]):
    def find(self, key: str) -> bool:
        return key in self

    def put(self, key: str, result: Result) -> None:
        self.setdefault(key, result)

    def get(self, key: str) -> Result:  # type: ignore[override]
        return self[key]
