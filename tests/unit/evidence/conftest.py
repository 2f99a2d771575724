"""Synthetic evidence for the tests of the verifier."""

from pathlib import Path

import pytest

from tests.evidence_folders import EvidenceFolder


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    """Three checkpoints: 9 and 5 records, none, 7 records."""
    folder = EvidenceFolder(tmp_path / "copy")
    folder.seal_records(9, 5)
    folder.seal()
    folder.seal_records(7)
    return folder
