"""docs/licences.md names every package that the Lambdas' zips are made of and that the engine needs, in its version."""

import re
from pathlib import Path

from rekbridge.packaging.pins import read_pins
from rekbridge.support import paths
from rekbridge_engine import model_files

PINS = paths.LAMBDA_PACKAGE / "requirements.txt"
PAGE = (paths.ROOT / "docs" / "licences.md").read_text()


def test_every_pinned_package_is_named_with_its_version_and_a_licence() -> None:
    named = re.findall(r"^\| ([\w.-]+) \| (\S+) \| [^|]*\w[^|]* \|$", PAGE, re.MULTILINE)
    assert sorted(named[1:] if named[0][0] == "package" else named) == sorted(read_pins(PINS.read_text()).items())
