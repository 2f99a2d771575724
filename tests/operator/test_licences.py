"""docs/licences.md names every shared library in the wheels of the Lambdas, and the zips have the licences."""

import re

from rekbridge.packaging.build import get_host_architecture
from rekbridge.packaging.wheels import Wheels
from rekbridge.support import paths

PAGE = (paths.ROOT / "docs" / "licences.md").read_text()
LICENCE_FILE = re.compile(r"(licen[cs]e|copying)", re.IGNORECASE)


def load_wheels() -> Wheels:
    """The unpacked wheels of this machine's architecture."""
    wheels = Wheels(get_host_architecture(), paths.LAMBDA_PACKAGE / "requirements.txt")
    wheels.ensure()
    return wheels


def test_every_shared_library_is_named_with_its_wheel() -> None:
    named = set(re.findall(r"^\| (lib\w+) \| ([\w-]+) \| ", PAGE, re.MULTILINE))
    # pillow.libs/libwebp-51b0b3f7.so.7.2.0
    files = load_wheels().folder.glob("*.libs/*.so*")
    found = {(file.name.partition("-")[0], file.parent.name.removesuffix(".libs").replace("_", "-")) for file in files}
    assert named == found


def test_the_lgpl_libraries_are_named_in_their_versions() -> None:
    for file in load_wheels().folder.glob("pi_heif.libs/libheif*.so*"):
        assert f"| libheif | pi-heif | {file.name.partition('.so.')[2]} |" in PAGE


def test_every_zip_takes_the_licence_files_of_its_packages() -> None:
    wheels = load_wheels()
    without = [
        name
        for name in wheels.distributions
        if not any(LICENCE_FILE.search(file.rpartition("/")[2]) for file in wheels.list_files(name))
    ]
    assert without == []
