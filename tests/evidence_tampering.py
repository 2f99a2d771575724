"""Ways to tamper with a copy of evidence. Each changes the folder, and the verifier must find it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec
from rekbridge_lambda.domain.canonical_json import encode_canonical
from rekbridge_lambda.domain.checkpoints import NO_PREVIOUS, Checkpoint, SealedSegment, seal_segment

from tests.evidence_folders import (
    DEPLOYMENT,
    OTHER_KEY,
    EvidenceFolder,
    encode_public_key,
    sign,
)

type Tamper = Callable[[Path, Random], None]


def list_segments(path: Path, least_records: int = 1) -> list[Path]:
    found = (file for file in sorted((path / "segments").rglob("*.jsonl")))
    return [file for file in found if len(file.read_bytes().splitlines()) >= least_records]


def list_checkpoints(path: Path) -> list[Path]:
    return sorted((path / "checkpoints").iterdir())


def flip_byte(file: Path, random: Random) -> None:
    data = bytearray(file.read_bytes())
    data[random.randrange(len(data))] ^= random.randint(1, 255)
    file.write_bytes(data)


def flip_byte_of_segment(path: Path, random: Random) -> None:
    flip_byte(random.choice(list_segments(path)), random)


def flip_byte_of_checkpoint(path: Path, random: Random) -> None:
    flip_byte(random.choice(list_checkpoints(path)), random)


def flip_byte_of_key(path: Path, random: Random) -> None:
    flip_byte(path / "public-key.der", random)


def edit_lines(path: Path, random: Random, edit: Callable[[list[bytes]], None], least_records: int = 1) -> None:
    file = random.choice(list_segments(path, least_records))
    lines = file.read_bytes().splitlines(keepends=True)
    edit(lines)
    file.write_bytes(b"".join(lines))


def remove_record(path: Path, random: Random) -> None:
    edit_lines(path, random, lambda lines: lines.remove(random.choice(lines)))


def repeat_record(path: Path, random: Random) -> None:
    edit_lines(path, random, lambda lines: lines.insert(random.randrange(len(lines)), random.choice(lines)))


def swap_records(path: Path, random: Random) -> None:
    def swap(lines: list[bytes]) -> None:
        one, other = random.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]

    edit_lines(path, random, swap, least_records=2)


def change_record(path: Path, random: Random) -> None:
    """Another region in a record that stays well-formed, of the same length."""
    home, abroad = b'"to_region":"eu-', b'"to_region":"us-'

    def change(lines: list[bytes]) -> None:
        index = random.choice([number for number, line in enumerate(lines) if home in line])
        lines[index] = lines[index].replace(home, abroad)

    edit_lines(path, random, change)


def swap_segments(path: Path, random: Random) -> None:
    one, other = random.sample(list_segments(path), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def remove_segment(path: Path, random: Random) -> None:
    random.choice(list_segments(path)).unlink()


def add_segment(path: Path, random: Random) -> None:
    """A copy of a segment under another key."""
    file = random.choice(list_segments(path))
    file.with_name(f"{random.randrange(10**20)}-planted.jsonl").write_bytes(file.read_bytes())


def cut_tail(path: Path, random: Random) -> None:
    """The newest checkpoints, with all that they name."""
    checkpoints = list_checkpoints(path)
    for file in checkpoints[-random.randint(1, len(checkpoints) - 1) :]:
        for segment in json.loads(file.read_bytes())["segments"]:
            (path / segment["key"]).unlink()
        file.unlink()


def remove_checkpoint(path: Path, random: Random) -> None:
    """One in the middle, or the first, with all that it names."""
    file = random.choice(list_checkpoints(path)[:-1])
    for segment in json.loads(file.read_bytes())["segments"]:
        (path / segment["key"]).unlink()
    file.unlink()


def swap_checkpoints(path: Path, random: Random) -> None:
    one, other = random.sample(list_checkpoints(path), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def reseal(path: Path, key: ec.EllipticCurvePrivateKey | None, first: int = 0) -> None:
    """Seal what is in the folder now, from this checkpoint on; without a key, the old signatures stay."""
    files = list_checkpoints(path)
    previous = sha256(files[first - 1].read_bytes()).hexdigest() if first else NO_PREVIOUS
    for file in files[first:]:
        value = json.loads(file.read_bytes())
        segments = [seal_again(path, segment["key"]) for segment in value["segments"]]
        checkpoint = Checkpoint(value["deployment"], value["number"], value["at"], previous, tuple(segments))
        signature = sign(key, checkpoint) if key else bytes.fromhex(value["signature"])
        file.write_bytes(checkpoint.to_bytes(signature))
        previous = sha256(file.read_bytes()).hexdigest()


def seal_again(path: Path, key: str) -> SealedSegment:
    return seal_segment(key, (path / key).read_bytes().splitlines())


def replace_consistently(path: Path, random: Random) -> None:
    """A record is changed, and every hash up to the newest checkpoint fits again: only signatures cannot."""
    change_record(path, random)
    reseal(path, None)


def sign_anew(path: Path, random: Random) -> None:
    """A record is changed, and all or the newest is signed by another key, which may take the place of ours."""
    change_record(path, random)
    reseal(path, OTHER_KEY, first=random.choice([0, len(list_checkpoints(path)) - 1]))
    if random.random() < 0.5:
        (path / "public-key.der").write_bytes(encode_public_key(OTHER_KEY))


def take_from_another_deployment(path: Path, random: Random) -> None:
    """A checkpoint of the same number and time, signed by the right key or another one."""
    number = random.randint(1, len(list_checkpoints(path)))
    previous = json.loads(list_checkpoints(path)[number - 1].read_bytes())["previous"]
    key = random.choice([None, OTHER_KEY])
    foreign = EvidenceFolder(path, deployment=f"{DEPLOYMENT}-2", numbers=number - 1, previous=previous)
    foreign.key = key or foreign.key
    foreign.seal()


def add_space(path: Path, random: Random) -> None:
    """A checkpoint that says the same in another form."""
    file = random.choice(list_checkpoints(path))
    file.write_bytes(json.dumps(json.loads(file.read_bytes()), sort_keys=True).encode())


def write_signature_otherwise(path: Path, random: Random) -> None:
    """The newest checkpoint with its signature in capitals: the same bytes, written otherwise."""
    file = list_checkpoints(path)[-1]
    value = json.loads(file.read_bytes())
    file.write_bytes(encode_canonical(value | {"signature": value["signature"].upper()}))


TAMPERINGS: tuple[Tamper, ...] = (
    flip_byte_of_segment, flip_byte_of_checkpoint, flip_byte_of_key, remove_record, repeat_record, swap_records,
    change_record, swap_segments, remove_segment, add_segment, cut_tail, remove_checkpoint, swap_checkpoints,
    replace_consistently, sign_anew, take_from_another_deployment, add_space, write_signature_otherwise,
)  # fmt: skip
