"""The pytest plugin in a project whose environment has Rekbridge installed."""

import subprocess
import sys
from pathlib import Path

from rekbridge import pytest_plugin
from rekbridge.emulator import EmulatorTarget
from rekbridge.support import paths

# A test of a project that does not use Rekbridge.
UNRELATED_TEST = """
import sys

def test_what_is_loaded() -> None:
    ours = {name for name in sys.modules if name.partition(".")[0] == "rekbridge"}
    assert (ours, sys.modules.keys() & {"boto3", "typer", "rich"}) == ({"rekbridge", "rekbridge.pytest_plugin"}, set())
"""


def test_only_the_plugins_one_module_is_loaded_if_no_test_uses_a_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_unrelated.py").write_text(UNRELATED_TEST)
    command = [sys.executable, "-m", "pytest", "--quiet", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_option_accepts_every_target() -> None:
    assert set(pytest_plugin.TARGETS) == set(EmulatorTarget)


def test_the_docs_quote_the_example_that_is_tested() -> None:
    example = (paths.ROOT / "tests" / "consumer" / "test_portraits.py").read_text()
    assert f"```python\n{example}```" in (paths.ROOT / "docs" / "testing.md").read_text()
