"""Shows, behind the unit tests, what became of every odd image format."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared, sniff

ROOMY = Limits(bytes=5 * 1024 * 1024, min_side=80)

# The same examples everywhere: a failure in CI is one on the desk.
settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.load_profile("steady")

COLUMNS = {"format": 28, "told as": 8, "size": 10, "sent as": 22, "upright": 8, "colours off by": 15, "metadata": 9}


class Bench:
    """A file put through what INGEST does with it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "original"

    def sniff(self, file: bytes) -> Picture:
        return sniff(lambda offset, length: file[offset : offset + length], len(file))

    def prepare(self, file: bytes, limits: Limits = ROOMY) -> Prepared:
        self._path.write_bytes(file)
        return Pillow().prepare(self._path, self.sniff(file), limits)

    def outcome(self, file: bytes) -> Prepared | str:
        """What was prepared, or the reason why nothing was. Other errors pass."""
        try:
            return self.prepare(file)
        except Rejected as why:
            return str(why)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for name in ("passed", "failed") for report in terminalreporter.getreports(name)]
    # A dictionary: the eight orientations of a format that came out alike are one line.
    rows = dict.fromkeys(
        tuple(row.get(column, "") for column in COLUMNS)
        for report in reports
        for name, row in report.user_properties
        if name == "odd format"
    )
    if rows:
        terminalreporter.section("odd formats, as prepared for Rekognition")
        terminalreporter.line("".join(name.ljust(width) for name, width in COLUMNS.items()))
        for row in rows:
            terminalreporter.line("".join(map(str.ljust, row, COLUMNS.values())))
