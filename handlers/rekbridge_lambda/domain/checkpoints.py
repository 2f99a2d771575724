"""Segments of evidence, and the signed checkpoints that name them. docs/evidence.md is their format.

Nothing here signs or stores: SEAL does, with the bytes that these types give it.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256

from rekbridge_lambda.domain.canonical_json import Canonical, encode_canonical
from rekbridge_lambda.domain.merkle import MerkleTree

FORMAT = "rekbridge-evidence/1"
# A stream's largest batch. The path of a proof has 14 hashes then.
MAX_SEGMENT_RECORDS = 10_000
# What the first checkpoint has for the hash of the one before.
NO_PREVIOUS = "0" * 64
SEQUENCE = re.compile(r"[0-9]{1,40}")
RECORD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """A segment as a checkpoint names it. `sha256` is that of the object, `root` that of the Merkle tree, both hex."""

    key: str
    sha256: str
    bytes: int
    records: int
    root: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed. `number` counts from 1, `at` is in milliseconds since 1970 and never before the previous one's.

    `previous` is the SHA-256 of the previous checkpoint's object, in hex.
    """

    deployment: str
    number: int
    at: int
    previous: str
    segments: tuple[SealedSegment, ...]

    @property
    def key(self) -> str:
        """The object's key in the bucket."""
        return f"checkpoints/{self.number:020}.json"

    def to_signed_bytes(self) -> bytes:
        """The message of the signature: ECDSA over its SHA-256, which KMS takes as a digest."""
        return encode_canonical(self._to_dict())

    def to_bytes(self, signature: bytes) -> bytes:
        """The object, with the signature (DER, as KMS returns it)."""
        return encode_canonical(self._to_dict() | {"signature": signature.hex()})

    def _to_dict(self) -> dict[str, Canonical]:
        return {
            "at": self.at,
            "deployment": self.deployment,
            "format": FORMAT,
            "number": self.number,
            "previous": self.previous,
            "segments": [asdict(segment) for segment in self.segments],
        }


def make_segment_key(first_at: int, sequence: str, record_id: str) -> str:
    """The key of the segment that begins with this record of the table's stream; `first_at` is in milliseconds.

    A batch that is delivered again has the same key. The stream's sequence number orders; only its record id (eventID)
    is unique among shards, which Lambda does not name. Raises ValueError if one of them has another form.
    """
    if not (SEQUENCE.fullmatch(sequence) and RECORD_ID.fullmatch(record_id)):
        raise ValueError(f"sequence {sequence!r} or record {record_id!r} cannot be part of a key")
    hour = datetime.fromtimestamp(first_at / 1000, UTC).strftime("%Y/%m/%d/%H")
    return f"segments/{hour}/{sequence}-{record_id}.jsonl"


def seal_segment(key: str, lines: Iterable[bytes]) -> SealedSegment:
    """The segment of these lines, none of which has a newline. They are read once and not kept.

    Raises ValueError if there are none, or more than MAX_SEGMENT_RECORDS.
    """
    tree, digest, length = MerkleTree(), sha256(), 0
    for line in lines:
        tree.add(line)
        digest.update(line + b"\n")
        length += len(line) + 1
    if not 1 <= tree.size <= MAX_SEGMENT_RECORDS:
        raise ValueError(f"a segment has 1 to {MAX_SEGMENT_RECORDS} records, not {tree.size}")
    return SealedSegment(key, digest.hexdigest(), length, tree.size, tree.compute_root().hex())
