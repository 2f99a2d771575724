"""Proofs of one image's events, verified without the segments."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rekbridge_lambda.domain import evidence
from rekbridge_lambda.domain.canonical_json import encode_canonical

from tests import evidence_tampering
from tests.evidence_command import run_verifier, verify
from tests.evidence_folders import (
    DEPLOYMENT,
    OTHER_KEY,
    EvidenceFolder,
    make_image_id,
)

IMAGE = make_image_id(1)


def write_proofs(folder: EvidenceFolder, image: str = IMAGE) -> Path:
    """The proofs of an image's events, and a folder that has only key and checkpoints."""
    (folder.path / "proofs.jsonl").write_text(verify(folder, "--image", image).output)
    shutil.rmtree(folder.path / "segments")
    return folder.path / "proofs.jsonl"


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
