"""Runs the independent verifier in this process, on a folder whose newest checkpoint is known."""

import contextlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import verify_evidence

from tests.evidence_folders import EvidenceFolder, compute_fingerprint


@dataclass(frozen=True)
class VerifierRun:
    """Exit code, report, and the proofs that were printed."""

    exit_code: int
    report: str
    output: str

    @property
    def findings(self) -> list[str]:
        lines = self.report.splitlines()
        return [line.removeprefix("DOES NOT HOLD").strip() for line in lines if line.startswith("DOES NOT HOLD")]

    @property
    def proofs(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines()]


def format_time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


def run_verifier(path: Path, *arguments: str) -> VerifierRun:
    """The verifier with these arguments and the fingerprint of our key."""
    output, report = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(report):
        exit_code = verify_evidence.main([str(path), "--fingerprint", compute_fingerprint(), *arguments])
    return VerifierRun(exit_code, report.getvalue(), output.getvalue())


def verify(folder: EvidenceFolder, *arguments: str) -> VerifierRun:
    """The same, for all that the folder had when it was written."""
    return run_verifier(folder.path, "--until", format_time(folder.newest_at), *arguments)
