"""Prepares images as INGEST does, and prints a table of all odd image formats after the unit tests."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, ImagePrivacy, PreparedImage
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.imaging.sniffing import sniff_image

DEFAULT_LIMITS = ImageLimits(bytes=5 * 1024 * 1024, min_side=80)

# The same examples in every run: a failure in CI is reproducible locally.
settings.register_profile("deterministic", derandomize=True, database=None, deadline=None)
settings.load_profile("deterministic")

COLUMNS = {"format": 28, "sniffed": 8, "size": 10, "sent as": 22, "upright": 8, "colours off by": 15, "metadata": 9}


class PreparationBench:
    """Sniffs and prepares a file as INGEST does."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "original"

    def sniff(self, file: bytes) -> ImageHeader:
        return sniff_image(lambda offset, length: file[offset : offset + length], len(file))

    def prepare(
        self, file: bytes, limits: ImageLimits = DEFAULT_LIMITS, privacy: ImagePrivacy = "headers"
    ) -> PreparedImage:
        self._path.write_bytes(file)
        with self._path.open("rb") as original:
            return PillowPreparer(privacy).prepare(original, self.sniff(file), limits)

    def prepare_or_explain(self, file: bytes) -> PreparedImage | str:
        """The prepared image, or the reason of the rejection. Other errors are raised."""
        try:
            return self.prepare(file)
        except Rejected as error:
            return str(error)


@pytest.fixture
def bench(tmp_path: Path) -> PreparationBench:
    return PreparationBench(tmp_path)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for name in ("passed", "failed") for report in terminalreporter.getreports(name)]
    # The keys of a dictionary are unique: eight orientations with the same outcome are one line.
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
