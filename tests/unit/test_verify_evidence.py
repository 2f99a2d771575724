"""The independent verifier (scripts/verify_evidence.py) on synthetic evidence, as docs/evidence.md promises."""

import ast
import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rekbridge.support import paths
from rekbridge_lambda.domain import checkpoints, evidence
from rekbridge_lambda.domain.canonical_json import encode_canonical
from rekbridge_lambda.domain.checkpoints import Checkpoint
from rekbridge_lambda.domain.evidence import Changed

from tests import evidence_tampering
from tests.evidence_command import format_time, run_verifier, verify
from tests.evidence_folders import (
    DEPLOYMENT,
    OTHER_KEY,
    EvidenceFolder,
    compute_fingerprint,
    encode_public_key,
    make_image_id,
    sign,
    write_random_folder,
)

VERIFIER = paths.ROOT / "scripts" / "verify_evidence.py"
IMAGE = make_image_id(1)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    """Three checkpoints: 9 and 5 records, none, 7 records."""
    folder = EvidenceFolder(tmp_path / "copy")
    folder.seal_records(9, 5)
    folder.seal()
    folder.seal_records(7)
    return folder


def find_anchor(report: str) -> str:
    [anchor] = re.findall(r"--anchor (\S+)", report)
    return str(anchor)


def write_proofs(folder: EvidenceFolder, image: str = IMAGE) -> Path:
    """The proofs of an image's events, and a folder that has only key and checkpoints."""
    (folder.path / "proofs.jsonl").write_text(verify(folder, "--image", image).output)
    shutil.rmtree(folder.path / "segments")
    return folder.path / "proofs.jsonl"


def test_it_is_one_file_of_300_lines_that_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text()
    nodes = list(ast.walk(ast.parse(text)))
    imported = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert len(text.splitlines()) <= 300


def test_an_auditor_runs_it_from_any_place(folder: EvidenceFolder, tmp_path: Path) -> None:
    shutil.copy(VERIFIER, tmp_path)
    options = ["--fingerprint", compute_fingerprint(), "--until", format_time(folder.newest_at)]
    process = subprocess.run(
        [sys.executable, "-I", "verify_evidence.py", "copy", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (0, "")
    assert "0 findings, 3 checkpoints, 21 records" in process.stderr


@pytest.mark.parametrize("seed", range(100))
def test_an_untouched_copy_holds(seed: int, tmp_path: Path) -> None:
    run = verify(write_random_folder(tmp_path, seed))
    assert (run.exit_code, run.findings) == (0, [])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tamper", evidence_tampering.TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found(tamper: evidence_tampering.Tamper, seed: int, tmp_path: Path) -> None:
    folder = write_random_folder(tmp_path, seed)
    tamper(folder.path, Random(seed))
    run = verify(folder)
    assert run.exit_code == 1
    assert run.findings


def test_any_bit_of_the_newest_checkpoint_is_protected(tmp_path: Path) -> None:
    # No checkpoint after it has its hash.
    folder = EvidenceFolder(tmp_path)
    file = folder.path / folder.seal_records(1).key
    data = file.read_bytes()
    for position in range(len(data)):
        file.write_bytes(data[:position] + bytes([data[position] ^ 1 << position % 8]) + data[position + 1 :])
        assert verify(folder).exit_code == 1, position


def test_a_malformed_record_is_named(folder: EvidenceFolder) -> None:
    file = evidence_tampering.list_segments(folder.path)[0]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:4], b" " + lines[4], *lines[5:]]))
    assert (
        verify(folder)
        .findings[0]
        .startswith(f"record 4 of {file.relative_to(folder.path)}: not a JSON object in canonical")
    )


def test_a_missing_segment_is_named_with_its_records(folder: EvidenceFolder) -> None:
    file = evidence_tampering.list_segments(folder.path)[0]
    file.unlink()
    name = file.relative_to(folder.path)
    assert verify(folder).findings == [f"missing: {name}, of which checkpoint 1 sealed 9 records"]


def test_missing_checkpoints_are_named(folder: EvidenceFolder) -> None:
    (folder.path / "checkpoints" / f"{2:020}.json").unlink()
    assert verify(folder).findings == ["missing: checkpoints 2 to 2"]


def test_one_millisecond_after_the_newest_checkpoint_is_missing(folder: EvidenceFolder) -> None:
    run = run_verifier(folder.path, "--until", format_time(folder.newest_at + 1))
    assert [finding.startswith("missing: checkpoints from") for finding in run.findings] == [True]


def test_without_a_time_the_clock_decides(folder: EvidenceFolder) -> None:
    # The synthetic evidence is of the past.
    assert run_verifier(folder.path).exit_code == 1


def test_a_checkpoint_of_the_future_does_not_hold(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path, start=4_000_000_000_000)
    folder.seal_records(3)
    assert "lies in the future" in verify(folder).findings[0]


def test_a_time_without_a_zone_is_utc(folder: EvidenceFolder) -> None:
    until = format_time(folder.newest_at).removesuffix("+00:00")
    assert run_verifier(folder.path, "--until", until).exit_code == 0


def test_a_segment_named_by_two_checkpoints_does_not_hold(folder: EvidenceFolder) -> None:
    segment = folder.write_segment(3)
    folder.seal([segment])
    folder.seal([segment])
    assert verify(folder).findings == [f"{segment.key} is named twice, the second time by checkpoint 5"]


def test_a_segment_named_twice_by_one_checkpoint_does_not_hold(folder: EvidenceFolder) -> None:
    segment = folder.write_segment(3)
    folder.seal([segment, segment])
    assert verify(folder).findings == [f"{segment.key} is named twice, the second time by checkpoint 4"]


def test_a_segment_that_is_not_sealed_yet_is_no_false_alarm(folder: EvidenceFolder) -> None:
    segment = folder.write_segment(3)
    run = verify(folder)
    assert run.exit_code == 0
    assert f"{segment.key} is named by no checkpoint and proves nothing yet" in run.report


def test_a_segment_that_should_be_sealed_is_found(folder: EvidenceFolder) -> None:
    segment = folder.write_segment(3)
    folder.seal()
    assert verify(folder).findings == [f"{segment.key} is named by no checkpoint and proves nothing"]


@pytest.mark.parametrize("name", ["segments/notes.txt", "checkpoints/notes.txt", "checkpoints/1.json"])
def test_an_object_of_another_name_is_found(folder: EvidenceFolder, name: str) -> None:
    (folder.path / name).write_bytes(b"x")
    assert verify(folder).exit_code == 1


@pytest.mark.parametrize("key", ["../outside.jsonl", "/etc/passwd", "segments/2026/11/27/23/../../x.jsonl"])
def test_a_key_that_leads_out_of_the_folder_is_not_read(folder: EvidenceFolder, key: str) -> None:
    segment = folder.write_segment(3)
    folder.seal([type(segment)(key, segment.sha256, segment.bytes, segment.records, segment.root)])
    assert verify(folder).findings[0] == f"checkpoint 4 names a segment {key!r}"


def test_a_checkpoint_of_another_deployment_with_the_same_key_does_not_hold(folder: EvidenceFolder) -> None:
    folder.deployment = f"{DEPLOYMENT}-2"
    folder.seal()
    assert verify(folder).findings == [f"checkpoint 4 is of another deployment, '{DEPLOYMENT}-2'"]


@pytest.mark.parametrize("field", ["bytes", "records", "root", "sha256"])
def test_a_segment_that_was_sealed_wrong_does_not_hold(folder: EvidenceFolder, field: str) -> None:
    segment = folder.write_segment(3)
    wrong: dict[str, Any] = {"bytes": segment.bytes + 1, "records": 4, "root": segment.sha256, "sha256": segment.root}
    folder.seal([replace(segment, **{field: wrong[field]})])
    assert [finding.startswith(segment.key) for finding in verify(folder).findings] == [True]


def test_a_checkpoint_that_follows_another_one_does_not_hold(folder: EvidenceFolder) -> None:
    # Signed by the right key, in a fork of the chain.
    folder.previous = "f" * 64
    folder.seal()
    assert verify(folder).findings == ["checkpoint 4 does not follow 3"]


def test_the_first_checkpoint_follows_none(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path, previous="f" * 64)
    folder.seal_records(3)
    assert verify(folder).findings == ["checkpoint 1 does not follow 0"]


def test_a_checkpoint_under_another_number_does_not_hold(folder: EvidenceFolder) -> None:
    checkpoint = Checkpoint(DEPLOYMENT, 9, folder.newest_at, folder.previous, ())
    (folder.path / f"checkpoints/{4:020}.json").write_bytes(checkpoint.to_bytes(sign(folder.key, checkpoint)))
    assert verify(folder).findings == ["checkpoint 4 calls itself 9, in format 'rekbridge-evidence/1'"]


def test_a_checkpoint_in_another_format_does_not_hold(folder: EvidenceFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "FORMAT", "rekbridge-evidence/2")
    folder.seal()
    assert verify(folder).findings == ["checkpoint 4 calls itself 4, in format 'rekbridge-evidence/2'"]


def test_the_report_names_the_deployment(folder: EvidenceFolder) -> None:
    assert f"newest of {DEPLOYMENT}: " in verify(folder).report


def test_a_checkpoint_that_is_earlier_than_the_one_before_does_not_hold(folder: EvidenceFolder) -> None:
    folder.start -= 10_000_000
    folder.seal()
    assert "checkpoint 4 is earlier than the one before" in run_verifier(folder.path).findings


def test_fifteen_minutes_without_a_checkpoint_are_noted(folder: EvidenceFolder) -> None:
    folder.start += 900_000
    folder.seal()
    run = verify(folder)
    assert run.exit_code == 0
    assert "no checkpoint from" in run.report


def test_a_changed_item_of_the_table_is_noted(folder: EvidenceFolder) -> None:
    at = folder.newest_at
    hashes = {"before_sha256": "b", "after_sha256": "", "sequence": "1"}
    change = Changed(at=at, deployment=DEPLOYMENT, image=IMAGE, changed_event="e1", change="removed", **hashes)
    folder.seal([folder.write_lines("segments/2026/09/21/15/1-x.jsonl", iter([evidence.to_line(change)]))])
    run = verify(folder)
    assert run.exit_code == 0
    assert "record 0 of segments/2026/09/21/15/1-x.jsonl: e1 was changed in the table" in run.report


# What only a writer with the right key can seal, and no reader may believe.
@pytest.mark.parametrize(
    "line",
    [
        b'{"at":1,"at":1,"deployment":"D","event":"e","kind":"erasure"}',
        b'{"at":1.0,"deployment":"D","event":"e","kind":"erasure"}',
        b'{"at":1,"deployment":"D","event":"e","kind":"unheard-of"}',
        b'{"at":1,"deployment":"D","event":"e","kind":"erasure","more":{}}',
        b'{"at":1,"deployment":"another","event":"e","kind":"erasure"}',
        b'{"at":1,"deployment":"D","kind":"erasure"}',
        b'{"at":NaN,"deployment":"D","event":"e","kind":"erasure"}',
        b"[" * 900,
        b"",
        b'"\xff"',
        b'{"at":1,"deployment":"D","event":"e","kind":"erasure","owner":"' + b"x" * 1000 + b'"}',
    ],
)
def test_a_line_of_another_form_does_not_hold_although_it_is_sealed(folder: EvidenceFolder, line: bytes) -> None:
    line = line.replace(b'"D"', f'"{DEPLOYMENT}"'.encode())
    folder.seal([folder.write_lines("segments/2026/09/21/15/1-x.jsonl", iter([line]))])
    assert verify(folder).findings[0].startswith("record 0 of segments/2026/09/21/15/1-x.jsonl: ")


def test_a_line_that_is_too_long_is_not_read_to_its_end(folder: EvidenceFolder) -> None:
    folder.seal([folder.write_lines("segments/2026/09/21/15/1-x.jsonl", iter([b"x" * 5_000]))])
    assert "no newline within 1000 bytes; not read further" in verify(folder).findings[0]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[" * 100_000, b"\xff", b'{"segments":[1]}'])
def test_a_checkpoint_that_is_none_does_not_hold(folder: EvidenceFolder, data: bytes) -> None:
    (folder.path / "checkpoints" / f"{2:020}.json").write_bytes(data)
    assert verify(folder).findings[0].startswith("checkpoint 2: ")


def test_an_empty_folder_does_not_hold(tmp_path: Path) -> None:
    assert run_verifier(tmp_path).exit_code == 1


def test_a_folder_without_checkpoints_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "public-key.der").write_bytes(encode_public_key(EvidenceFolder(tmp_path).key))
    assert run_verifier(tmp_path).exit_code == 1


# Anchors: what an earlier run printed.


def rewrite_history(folder: EvidenceFolder) -> None:
    """All anew after a change, with the right key."""
    evidence_tampering.change_record(folder.path, Random(1))
    evidence_tampering.reseal(folder.path, folder.key)


def test_history_rewritten_with_the_right_key_is_found_by_an_anchor_only(folder: EvidenceFolder) -> None:
    anchor = find_anchor(verify(folder).report)
    folder.seal_records(4)
    assert verify(folder, "--anchor", anchor).exit_code == 0
    rewrite_history(folder)
    assert verify(folder).exit_code == 0
    assert verify(folder, "--anchor", anchor).findings == ["checkpoint 3 is not that of the anchor"]


def test_a_tail_cut_below_the_anchor_is_found(folder: EvidenceFolder) -> None:
    anchor = find_anchor(verify(folder).report)
    evidence_tampering.cut_tail(folder.path, Random(1))
    run = run_verifier(folder.path, "--until", "2020-01-01", "--anchor", anchor)
    assert run.findings == ["missing: checkpoint 3, the anchor"]


def test_what_is_older_than_the_anchor_may_be_gone(folder: EvidenceFolder) -> None:
    anchor = find_anchor(verify(folder).report)
    for number in (1, 2):
        (folder.path / "checkpoints" / f"{number:020}.json").unlink()
    for file in evidence_tampering.list_segments(folder.path)[:2]:
        file.unlink()
    assert verify(folder, "--anchor", anchor).exit_code == 0
    assert verify(folder).findings == ["missing: checkpoints 1 to 2"]


# Proofs.


def test_each_event_of_an_image_is_proven_without_the_segments(folder: EvidenceFolder) -> None:
    run = run_verifier(folder.path, "--proof", str(write_proofs(folder)), "--image", IMAGE)
    assert run.exit_code == 0
    # The events 4 to 7 of create_events.
    assert run.report.count("proven: ") == 4
    assert "4 proofs" in run.report


def test_a_proof_is_an_event_with_its_path_and_nothing_of_other_images(folder: EvidenceFolder) -> None:
    for proof in verify(folder, "--image", IMAGE).proofs:
        assert set(proof) == {"checkpoint", "index", "line", "path", "records", "segment"}
        assert json.loads(proof["line"])["image"] == IMAGE


def test_an_image_without_events_has_no_proofs(folder: EvidenceFolder) -> None:
    run = verify(folder, "--image", "unknown")
    assert (run.exit_code, run.output) == (0, "")


def test_nothing_is_proven_by_no_proof(folder: EvidenceFolder) -> None:
    run = run_verifier(folder.path, "--proof", str(write_proofs(folder, "unknown")))
    assert run.findings == ["nothing is proven"]


def test_a_segment_that_does_not_hold_gives_no_proofs(folder: EvidenceFolder) -> None:
    for file in evidence_tampering.list_segments(folder.path):
        file.write_bytes(file.read_bytes() + file.read_bytes())
    assert verify(folder, "--image", IMAGE).output == ""


def test_a_proof_from_the_largest_segment_has_at_most_2_kb(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    owner = json.dumps(
        {"at": 1, "deployment": DEPLOYMENT, "event": "e", "image": "i", "kind": "call-requested", "x": ""}
    )
    line = owner.replace(" ", "").replace('"x":""', f'"x":"{"x" * (1_001 - len(owner.replace(" ", "")) - 2)}"').encode()
    assert len(line) == evidence.MAX_LINE_BYTES - 1
    folder.seal(
        [folder.write_lines("segments/2026/09/21/14/" + "1" * 40 + "-" + "x" * 36 + ".jsonl", iter([line] * 10_000))]
    )
    output = verify(folder, "--image", "i").output.splitlines()
    assert len(output) == 10_000
    assert max(map(len, output)) <= 2048


def change_first_proof(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def edit(file: Path) -> None:
        first, *others = [json.loads(line) for line in file.read_bytes().splitlines()]
        change(first)
        file.write_bytes(b"".join(encode_canonical(proof) + b"\n" for proof in [first, *others]))

    return edit


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof.update(line=proof["line"].replace('"to_region":"eu', '"to_region":"us')),
        lambda proof: proof.update(line=proof["line"] + " "),
        lambda proof: proof.update(index=proof["index"] + 1),
        lambda proof: proof.update(index=-1),
        lambda proof: proof.update(index=10**9),
        lambda proof: proof.update(records=proof["records"] + 1),
        lambda proof: proof.update(checkpoint=2),
        lambda proof: proof.update(checkpoint=99),
        lambda proof: proof.update(segment=proof["segment"].replace("segments", "other")),
        lambda proof: proof.update(path=proof["path"][:-1]),
        lambda proof: proof.update(path=proof["path"] + proof["path"][:1]),
        lambda proof: proof.update(path=proof["path"][::-1]),
        lambda proof: proof.update(path=[]),
        lambda proof: proof.update(path=["not base64"]),
        lambda proof: proof.update(path=[1]),
        lambda proof: proof.update(path=[base64.b64encode(b"x" * 32).decode()] * 5000),
    ],
)
def test_a_changed_proof_proves_nothing(folder: EvidenceFolder, change: Callable[[dict[str, object]], object]) -> None:
    proofs = write_proofs(folder)
    change_first_proof(change)(proofs)
    run = run_verifier(folder.path, "--proof", str(proofs))
    assert run.exit_code == 1
    assert len(run.findings) == 1


@pytest.mark.parametrize(("image", "index", "wrong"), [(0, 0, -1), (2, 8, 9), (2, 8, 10**9)])
def test_a_proof_has_an_index_of_the_segment(folder: EvidenceFolder, image: int, index: int, wrong: int) -> None:
    # Beyond the first and the last record, where the way to the root has the same turns.
    proofs = write_proofs(folder, make_image_id(image))
    assert json.loads(proofs.read_bytes().splitlines()[0])["index"] == index
    change_first_proof(lambda proof: proof.update(index=wrong))(proofs)
    assert len(run_verifier(folder.path, "--proof", str(proofs)).findings) == 1


def test_a_proof_of_another_image_is_found(folder: EvidenceFolder) -> None:
    proofs = write_proofs(folder, make_image_id(2))
    run = run_verifier(folder.path, "--proof", str(proofs), "--image", IMAGE)
    assert {finding.partition(": ")[2] for finding in run.findings} == {"the record is of another image"}


def test_a_proof_by_a_checkpoint_of_another_key_does_not_hold(folder: EvidenceFolder) -> None:
    evidence_tampering.reseal(folder.path, OTHER_KEY)
    run = verify(folder, "--image", IMAGE)
    (folder.path / "proofs.jsonl").write_text(run.output)
    assert run_verifier(folder.path, "--proof", str(folder.path / "proofs.jsonl")).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [("--until", "yesterday"), ("--anchor", "x:y"), ("--proof", "/nowhere"), ("--unheard-of",)],
)
def test_wrong_arguments_end_with_2(folder: EvidenceFolder, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        run_verifier(folder.path, *arguments)
    assert exit_info.value.code == 2


def test_the_fingerprint_is_the_hash_of_the_file(folder: EvidenceFolder) -> None:
    assert compute_fingerprint() == sha256((folder.path / "public-key.der").read_bytes()).hexdigest()
