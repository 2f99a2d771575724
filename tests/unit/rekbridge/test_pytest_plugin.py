"""The pytest plugin as every project meets it in whose environment Rekbridge is."""

import subprocess
import sys
from pathlib import Path

from rekbridge import pytest_plugin
from rekbridge.emulator import Target
from rekbridge.support import paths

# A project that knows nothing of Rekbridge.
STRANGER = """
import sys

def test_what_is_loaded() -> None:
    ours = {name for name in sys.modules if name.partition(".")[0] == "rekbridge"}
    assert (ours, sys.modules.keys() & {"boto3", "typer", "rich"}) == ({"rekbridge", "rekbridge.pytest_plugin"}, set())
"""


def test_where_no_test_asks_for_it_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "test_stranger.py").write_text(STRANGER)
    command = [sys.executable, "-m", "pytest", "--quiet", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_option_has_every_target() -> None:
    assert set(pytest_plugin.TARGETS) == set(Target)


def test_the_example_in_the_docs_is_the_one_that_is_run() -> None:
    example = (paths.ROOT / "tests" / "consumer" / "test_portraits.py").read_text()
    assert f"```python\n{example}```" in (paths.ROOT / "docs" / "testing.md").read_text()
