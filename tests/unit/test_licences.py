"""docs/licences.md names every package that the Lambdas' zips are made of, in its pinned version."""

import re

from rekbridge.support import paths

PINS = paths.LAMBDA_PACKAGE / "requirements.txt"
PIN = re.compile(r"^([\w.-]+)==(\S+)$", re.MULTILINE)
PAGE = (paths.ROOT / "docs" / "licences.md").read_text()


def test_every_pinned_package_is_named_with_its_version_and_a_licence() -> None:
    named = re.findall(r"^\| ([\w.-]+) \| (\S+) \| [^|]*\w[^|]* \|$", PAGE, re.MULTILINE)
    assert sorted(named[1:] if named[0][0] == "package" else named) == sorted(PIN.findall(PINS.read_text()))
