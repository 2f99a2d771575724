"""The independent verifier (scripts/verify_evidence.py) finds what was tampered with."""

import ast
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from rekbridge.support import paths

from tests import evidence_tampering
from tests.evidence_command import format_time, run_verifier, verify
from tests.evidence_folders import (
    EvidenceFolder,
    compute_fingerprint,
    make_image_id,
    write_random_folder,
)

VERIFIER = paths.ROOT / "scripts" / "verify_evidence.py"
IMAGE = make_image_id(1)


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
