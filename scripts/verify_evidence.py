"""
Verify a copy of Rekbridge's evidence, without Rekbridge. docs/evidence.md describes the format and how to copy it.

    python verify_evidence.py FOLDER --fingerprint SHA256 [--until TIME] [--anchor NUMBER:SHA256] [--image ID]
    python verify_evidence.py FOLDER --fingerprint SHA256 --proof FILE [--image ID]

The first verifies everything, and prints a proof for each event of the image. The second verifies such proofs: it needs
only public-key.der and checkpoints/. Fingerprint and anchor must not come from the folder. The report goes to stderr.
Exit code: 0 if everything holds, 1 if something does not hold or is missing, 2 for wrong arguments.
Needs Python 3.11 or newer and the package `cryptography`; of what it reads, it keeps only the names of segments.
"""

import base64
import json
import re
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

FORMAT = "rekbridge-evidence/1"
CHECKPOINT = {"at": int, "deployment": str, "format": str, "number": int, "previous": str, "segments": list}
SEGMENT = {"bytes": int, "key": str, "records": int, "root": str, "sha256": str}
PROOF = {"checkpoint": int, "index": int, "line": str, "path": list, "records": int, "segment": str}
KINDS = {"call-requested", "call-finished", "copy-requested", "copy-stored", "copy-deleted", "erasure", "changed"}
SEGMENT_KEY = re.compile(r"segments/\d{4}/\d\d/\d\d/\d\d/\d{1,40}-[A-Za-z0-9_-]{1,64}\.jsonl", re.ASCII)
CHECKPOINT_NAME = re.compile(r"\d{20}\.json", re.ASCII)
MAX_LINE_BYTES, MAX_CHECKPOINT_BYTES = 1_000, 4_000_000
encode_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
# Milliseconds. A checkpoint is due every 5 minutes; one is late after 15.
LATE, CLOCK_SKEW = 900_000, 300_000


def _parse(data: bytes, fields: dict[str, type]) -> dict[str, Any]:
    """The JSON object. Raises ValueError if it lacks a field, or is not in the one form that these bytes may have."""
    try:
        value = json.loads(data.decode())
    except RecursionError:
        raise ValueError("nested too deep") from None
    if type(value) is not dict or encode_canonical(value).encode() != data:
        raise ValueError("not a JSON object in canonical form")
    for name, kind in fields.items():
        if type(value.get(name)) is not kind:
            raise ValueError(f"its field {name!r} is missing or of another type")
    return value


def _parse_event(line: bytes, deployment: str) -> dict[str, Any]:
    if not line.endswith(b"\n"):
        raise ValueError(f"no newline within {MAX_LINE_BYTES} bytes")
    event = _parse(line[:-1], {"at": int, "deployment": str, "event": str, "kind": str})
    if event["kind"] not in KINDS or not set(map(type, event.values())) <= {str, int}:
        raise ValueError(f"not an event of format 1: {event['kind']!r}")
    if event["deployment"] != deployment:
        raise ValueError(f"an event of the deployment {event['deployment']!r}, not of {deployment!r}")
    return event


def _format_time(at: int) -> str:
    return datetime.fromtimestamp(min(abs(at), 10**14) / 1000, UTC).isoformat(timespec="seconds")


def _hash_node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _follow_path(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of a tree of `size` leaves to which this path leads from this leaf; anything else if it is wrong."""
    if size == 1 or not path:
        return b"" if path or size != 1 else node
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return _hash_node(_follow_path(node, index, half, path[:-1]), path[-1])
    return _hash_node(path[-1], _follow_path(node, index - half, size - half, path[:-1]))


class MerkleRoot:
    """RFC 6962's tree as its complete subtrees: the root of each, its size, and paths of leaves that want a proof."""

    def __init__(self) -> None:
        self._subtrees: list[tuple[bytes, int, list[list[bytes]]]] = []

    def _join(self) -> None:
        right, right_size, right_paths = self._subtrees.pop()
        left, left_size, left_paths = self._subtrees.pop()
        for path in left_paths:
            path.append(right)
        for path in right_paths:
            path.append(left)
        self._subtrees.append((_hash_node(left, right), left_size + right_size, left_paths + right_paths))

    def add(self, line: bytes, paths: list[list[bytes]]) -> None:
        """Add a leaf; `paths` has the list that becomes its path, or is empty."""
        self._subtrees.append((sha256(b"\0" + line).digest(), 1, paths))
        while len(self._subtrees) > 1 and self._subtrees[-1][1] == self._subtrees[-2][1]:
            self._join()

    def finish(self) -> str:
        """The root in hex, after the last leaf."""
        while len(self._subtrees) > 1:
            self._join()
        return self._subtrees[0][0].hex() if self._subtrees else sha256().hexdigest()


class Verification:
    """One run over a folder. What does not hold is printed at once and counted; notes are only printed."""

    def __init__(self, folder: Path, image: str, until: int, anchor: tuple[int, str], proofs: list[Any] | None) -> None:
        self.folder, self.image, self.until, self.anchor, self.proofs = folder, image, until, anchor, proofs
        self.findings = self.checkpoints = self.records = self.events = 0
        self.deployment = ""
        self.named: dict[str, int] = {}

    def note(self, text: str) -> None:
        """Print what needs no action."""
        print(f"note           {text}", file=sys.stderr)

    def _check(self, holds: bool, text: str) -> bool:
        if not holds:
            self.findings += 1
            print(f"DOES NOT HOLD  {text}", file=sys.stderr)
        return holds

    def _lack(self, number: int, text: str) -> None:
        # What is gone before the anchor, an earlier audit has seen. A proof needs no other checkpoints than its own.
        self.note(text) if number < self.anchor[0] or self.proofs is not None else self._check(False, text)

    def verify(self, fingerprint: str) -> None:
        """Verify all, or the proofs."""
        try:
            data = (self.folder / "public-key.der").read_bytes()
            if sha256(data).hexdigest() != fingerprint:
                raise ValueError("it is not the key with the given fingerprint")
            key = load_der_public_key(data)
        except (OSError, ValueError) as error:
            self._check(False, f"public-key.der cannot be used: {error}")
            return
        assert isinstance(key, ec.EllipticCurvePublicKey)
        for number, segment in self._read_checkpoints(key):
            name = segment["key"]
            if not self._check(bool(SEGMENT_KEY.fullmatch(name)), f"checkpoint {number} names a segment {name!r}"):
                continue
            if self._check(name not in self.named, f"{name} is named twice, the second time by checkpoint {number}"):
                self.named[name] = number
                self._verify_segment(number, segment) if self.proofs is None else self._verify_proofs(number, segment)
        if self.proofs is None:
            self._find_unnamed_segments()
        self._check(self.proofs is None or self.events > 0, "nothing is proven")
        for proof in self.proofs or []:
            self._check(False, f"no checkpoint {proof['checkpoint']} names {proof['segment']}, as a proof says")

    def _read_checkpoints(self, key: ec.EllipticCurvePublicKey) -> Iterator[tuple[int, dict[str, Any]]]:
        names = sorted(path.name for path in self.folder.glob("checkpoints/*"))
        number, digest, at, anchored = 0, "0" * 64, 0, False
        for name in names:
            if not self._check(bool(CHECKPOINT_NAME.fullmatch(name)), f"checkpoints/{name} is no checkpoint"):
                continue
            if int(name[:20]) > number + 1:
                self._lack(int(name[:20]) - 1, f"missing: checkpoints {number + 1} to {int(name[:20]) - 1}")
                digest = ""
            number = int(name[:20])
            with (self.folder / "checkpoints" / name).open("rb") as file:
                data = file.read(MAX_CHECKPOINT_BYTES)
            previous, digest = digest, sha256(data).hexdigest()
            if number == self.anchor[0]:
                anchored = True
                self._check(digest == self.anchor[1], f"checkpoint {number} is not that of the anchor")
            try:
                value = _parse(data, CHECKPOINT | {"signature": str})
                for segment in value["segments"]:
                    _parse(encode_canonical(segment).encode(), SEGMENT)
            except ValueError as error:
                self._check(False, f"checkpoint {number}: {error}")
                continue
            self.checkpoints += 1
            self._verify_signature(number, value, key)
            self.deployment = self.deployment or value["deployment"]
            deployment = value["deployment"]
            self._check(deployment == self.deployment, f"checkpoint {number} is of another deployment, {deployment!r}")
            is_right = (value["format"], value["number"]) == (FORMAT, number)
            self._check(is_right, f"checkpoint {number} calls itself {value['number']}, in format {value['format']!r}")
            self._check(previous in ("", value["previous"]), f"checkpoint {number} does not follow {number - 1}")
            self._check(value["at"] >= at, f"checkpoint {number} is earlier than the one before")
            if at and value["at"] - at > LATE:
                self.note(f"no checkpoint from {_format_time(at)} to {_format_time(value['at'])}")
            at = value["at"]
            for segment in value["segments"]:
                yield number, segment
        self._check(anchored or not self.anchor[0], f"missing: checkpoint {self.anchor[0]}, the anchor")
        self._check(at < time.time() * 1000 + CLOCK_SKEW, f"checkpoint {number} lies in the future: {_format_time(at)}")
        if at < self.until:
            self._lack(number, f"missing: checkpoints from {_format_time(at)} until {_format_time(self.until)}")
        self.note(f"newest of {self.deployment}: {_format_time(at)}; next time add --anchor {number}:{digest}")

    def _verify_signature(self, number: int, value: dict[str, Any], key: ec.EllipticCurvePublicKey) -> None:
        signature = value.pop("signature")
        try:
            key.verify(bytes.fromhex(signature), encode_canonical(value).encode(), ec.ECDSA(hashes.SHA256()))
            is_signed = bytes.fromhex(signature).hex() == signature
        except (ValueError, InvalidSignature):
            is_signed = False
        self._check(is_signed, f"checkpoint {number} is not signed by the key with the given fingerprint")

    def _verify_segment(self, number: int, segment: dict[str, Any]) -> None:
        name, root, digest, size, records = segment["key"], MerkleRoot(), sha256(), 0, 0
        proofs: list[tuple[int, bytes, list[bytes]]] = []
        if not (self.folder / name).is_file():
            self._lack(number, f"missing: {name}, of which checkpoint {number} sealed {segment['records']} records")
            return
        with (self.folder / name).open("rb") as file:
            while line := file.readline(MAX_LINE_BYTES + 1):
                try:
                    event = _parse_event(line, self.deployment)
                except ValueError as error:
                    self._check(False, f"record {records} of {name}: {error}; not read further")
                    return
                paths: list[list[bytes]] = [[]] if self.image and event.get("image") == self.image else []
                proofs += [(records, line[:-1], path) for path in paths]
                if event["kind"] == "changed":
                    self.note(f"record {records} of {name}: {event.get('changed_event')} was changed in the table")
                root.add(line[:-1], paths)
                digest.update(line)
                size, records = size + len(line), records + 1
        self.records += records
        is_whole = (records, size) == (segment["records"], segment["bytes"])
        sealed = f"checkpoint {number} sealed {segment['records']} in {segment['bytes']}"
        self._check(is_whole, f"{name} has {records} records in {size} bytes, {sealed}")
        is_same = (digest.hexdigest(), root.finish()) == (segment["sha256"], segment["root"])
        self._check(is_same, f"{name}: a record was changed, added, removed or moved since checkpoint {number}")
        for index, line, path in proofs if is_whole and is_same else []:
            self.events += 1
            proof = {"checkpoint": number, "index": index, "line": line.decode(), "records": records, "segment": name}
            print(encode_canonical(proof | {"path": [base64.b64encode(one).decode() for one in path]}))

    def _find_unnamed_segments(self) -> None:
        for path in (self.folder / "segments").rglob("*"):
            name, is_new = path.relative_to(self.folder).as_posix(), False
            if name in self.named or path.is_dir():
                continue
            with suppress(ValueError, OSError), path.open("rb") as file:
                is_new = _parse_event(file.readline(MAX_LINE_BYTES + 1), self.deployment)["at"] > self.until
            text = f"{name} is named by no checkpoint and proves nothing"
            self.note(f"{text} yet") if is_new else self._check(False, text)

    def _verify_proofs(self, number: int, segment: dict[str, Any]) -> None:
        own = [one for one in self.proofs or [] if (one["checkpoint"], one["segment"]) == (number, segment["key"])]
        self.proofs = [one for one in self.proofs or [] if one not in own]
        for proof in own:
            name, line = f"proof of record {proof['index']} of {segment['key']}", proof["line"].encode()
            try:
                event = _parse_event(line + b"\n", self.deployment)
                path = [base64.b64decode(text, validate=True) for text in proof["path"]]
            except (ValueError, TypeError) as error:
                self._check(False, f"{name}: {error}")
                continue
            is_proven = 0 <= proof["index"] < proof["records"] == segment["records"]
            if is_proven:
                root = _follow_path(sha256(b"\0" + line).digest(), proof["index"], proof["records"], path)
                is_proven = root.hex() == segment["root"]
            if self._check(is_proven, f"{name}: the path does not lead to the root that checkpoint {number} sealed"):
                self._check(self.image in ("", event.get("image")), f"{name}: the record is of another image")
                self.events += 1
                self.note(f"proven: {proof['line']}")


def main(arguments: list[str] | None = None) -> int:
    """Verify, and return the exit code."""
    parser = ArgumentParser("verify_evidence.py", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--fingerprint", required=True, metavar="SHA256", help="of public-key.der, in hex")
    parser.add_argument("--until", metavar="TIME", help="what was sealed until then; default: 15 minutes ago")
    parser.add_argument("--anchor", default="0:", metavar="NUMBER:SHA256", help="what an earlier run printed")
    parser.add_argument("--image", default="", metavar="ID")
    parser.add_argument("--proof", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        moment = datetime.fromisoformat(options.until) if options.until else datetime.now(UTC) - timedelta(minutes=15)
        until = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
        number, _, digest = options.anchor.partition(":")
        proofs = options.proof and [_parse(line, PROOF) for line in options.proof.read_bytes().splitlines()]
        run = Verification(options.folder, options.image, until, (int(number), digest), proofs)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    run.verify(options.fingerprint)
    run.note(f"{run.findings} findings, {run.checkpoints} checkpoints, {run.records} records, {run.events} proofs")
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
