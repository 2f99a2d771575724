"""Marks tests of features that an emulator lacks, from the table that Terraform reads too: they must fail there."""

import json

import pytest
from rekbridge.support import paths

GAPS = json.loads((paths.ROOT / "modules" / "rekbridge" / "emulator_gaps.json").read_text())
# Tests of what the project promises above all: no emulator is excused from these.
NEVER_EXCUSED = {
    "test_bridge",
    "test_duplicates",
    "test_identity",
    "test_poison_messages",
    "test_privacy",
    "test_transfers",
}


def expect_failure(item: pytest.Item, target: str) -> None:
    """Mark a test as a strict xfail if it needs a feature that the target lacks."""
    for marker in item.iter_markers("needs"):
        (feature,) = marker.args
        gaps = {gap["target"]: gap for gap in GAPS if gap["feature"] == feature}
        if not gaps or item.path.stem in NEVER_EXCUSED:
            raise pytest.UsageError(f"{item.nodeid} must not be excused by {feature!r}")
        if target in gaps:
            reason = "{target} {since}: {reason}".format(**gaps[target])
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError))
