"""Synthetic evidence: folders as a copy of the bucket has them, sealed as SEAL does, with a key of this process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rekbridge_lambda.domain import evidence, ids
from rekbridge_lambda.domain.checkpoints import (
    NO_PREVIOUS,
    Checkpoint,
    SealedSegment,
    make_segment_key,
    seal_segment,
)
from rekbridge_lambda.domain.evidence import Event
from rekbridge_lambda.domain.ids import ImageId, ResultKey

START = 1_700_000_000_000
INTERVAL_MS = 300_000
DEPLOYMENT = "111122223333/eu-west-3/rekbridge"
OWNER_KEY = ids.make_owner_key(b"the secret of synthetic evidence", b"salt")
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def encode_public_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as KMS's GetPublicKey returns it."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def compute_fingerprint(key: ec.EllipticCurvePrivateKey = KEY) -> str:
    return sha256(encode_public_key(key)).hexdigest()


def sign(key: ec.EllipticCurvePrivateKey, checkpoint: Checkpoint) -> bytes:
    return key.sign(checkpoint.to_signed_bytes(), ec.ECDSA(hashes.SHA256()))


def make_image_id(number: int) -> ImageId:
    return ids.make_image_id(OWNER_KEY, f"content {number}")


def create_events(start: int, count: int, at: int, deployment: str = DEPLOYMENT) -> Iterator[Event]:
    """Calls with their outcomes and a few copies, `count` events from number `start`; an image has about four."""
    owner = evidence.hash_owner(OWNER_KEY)
    for number in range(start, start + count):
        if number == start or number % 4 == 0:
            image = make_image_id(number // 4)
            staged_key = f"{image}/{ids.hash_parts(image)}/{ids.hash_parts('variant', image)[:16]}"
        call = evidence.make_call_id(ResultKey(f"{image}/p2/labels/0-e1.json"), number // 2)
        match number % 4:
            case 0:
                yield evidence.CopyRequested(
                    at=at + number - start,
                    deployment=deployment,
                    image=image,
                    staged_key=staged_key,
                    from_region="eu-west-3",
                    to_region="eu-west-1",
                    sent_bytes=900_000 + number,
                )
            case 1 | 2:
                yield evidence.CallRequested(
                    at=at + number - start,
                    deployment=deployment,
                    call=call,
                    owner=owner,
                    image=image,
                    operation="labels",
                    from_region="eu-west-3",
                    to_region="eu-central-1",
                    transfer="bytes",
                    sent_bytes=500_000 + number,
                    sent_hmac=evidence.hash_sent(OWNER_KEY, str(number)),
                    attempt=0,
                )
            case _:
                yield evidence.CallFinished(
                    at=at + number - start,
                    deployment=deployment,
                    call=call,
                    image=image,
                    outcome="done",
                    request_id="8f2b1e0c-54a7-4a3e-9d51-0a3f6b7c8d9e",
                )


@dataclass
class EvidenceFolder:
    """A folder that grows by checkpoints, signed with `key`."""

    path: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: KEY)
    deployment: str = DEPLOYMENT
    start: int = START
    numbers: int = 0
    records: int = 0
    previous: str = NO_PREVIOUS

    def __post_init__(self) -> None:
        (self.path / "checkpoints").mkdir(parents=True, exist_ok=True)
        (self.path / "segments").mkdir(exist_ok=True)
        (self.path / "public-key.der").write_bytes(encode_public_key(self.key))

    @property
    def newest_at(self) -> int:
        """Time of the newest checkpoint, in milliseconds."""
        return self.start + self.numbers * INTERVAL_MS

    def write_segment(self, count: int) -> SealedSegment:
        """A segment of `count` new events, which no checkpoint names yet."""
        at = self.newest_at + 1_000
        events = create_events(self.records, count, at, self.deployment)
        key = make_segment_key(at, f"{self.records:021}", ids.hash_parts(str(self.records)))
        self.records += count
        return self.write_lines(key, map(evidence.to_line, events))

    def write_lines(self, key: str, lines: Iterator[bytes]) -> SealedSegment:
        (self.path / key).parent.mkdir(parents=True, exist_ok=True)
        with (self.path / key).open("wb") as file:

            def write_each() -> Iterator[bytes]:
                for line in lines:
                    file.write(line + b"\n")
                    yield line

            return seal_segment(key, write_each())

    def seal(self, segments: Sequence[SealedSegment] = ()) -> Checkpoint:
        """The next checkpoint, of these segments."""
        self.numbers += 1
        checkpoint = Checkpoint(self.deployment, self.numbers, self.newest_at, self.previous, tuple(segments))
        body = checkpoint.to_bytes(sign(self.key, checkpoint))
        (self.path / checkpoint.key).write_bytes(body)
        self.previous = sha256(body).hexdigest()
        return checkpoint

    def seal_records(self, *counts: int) -> Checkpoint:
        """The next checkpoint, of new segments with so many records each."""
        return self.seal([self.write_segment(count) for count in counts])


def write_random_folder(path: Path, seed: int) -> EvidenceFolder:
    """3 to 6 checkpoints with up to two segments of up to 9 records each; the first and the last have one at least."""
    random = Random(seed)
    folder = EvidenceFolder(path)
    last = random.randint(2, 5)
    for number in range(last + 1):
        least = 1 if number in (0, last) else 0
        folder.seal_records(*(random.randint(2, 9) for _ in range(random.randint(least, 2))))
    return folder
