"""What does not hold although it is signed by the right key, and anchors, which find the rest."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rekbridge_lambda.domain import checkpoints, evidence
from rekbridge_lambda.domain.checkpoints import Checkpoint
from rekbridge_lambda.domain.evidence import Changed

from tests import evidence_tampering
from tests.evidence_command import run_verifier, verify
from tests.evidence_folders import (
    DEPLOYMENT,
    EvidenceFolder,
    encode_public_key,
    make_image_id,
    sign,
)

IMAGE = make_image_id(1)


def find_anchor(report: str) -> str:
    [anchor] = re.findall(r"--anchor (\S+)", report)
    return str(anchor)


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
