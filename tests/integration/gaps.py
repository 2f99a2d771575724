"""What a target cannot do, by the table that Terraform reads too: a test of it has to fail there."""

import json

import pytest
from rekbridge.support import paths

GAPS = json.loads((paths.ROOT / "terraform" / "gaps.json").read_text())
# What this kit is for: no emulator may be excused from it.
NEVER = {"test_both_ways", "test_bridge", "test_duplicates", "test_identity", "test_poison", "test_privacy"}


def expect(item: pytest.Item, target: str) -> None:
    """Expect a test's failure when it needs what the target lacks."""
    for marker in item.iter_markers("needs"):
        (feature,) = marker.args
        known = {gap["target"]: gap for gap in GAPS if gap["feature"] == feature}
        if not known or item.path.stem in NEVER:
            raise pytest.UsageError(f"{item.nodeid} may not be excused by {feature!r}")
        if target in known:
            reason = "{target} {since}: {reason}".format(**known[target])
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError))
