"""The table of licences has every shared library in the Lambdas' wheels, and the zips have the licences' texts."""

import re

from rekbridge.packaging import licences
from rekbridge.packaging.build import get_host_architecture
from rekbridge.packaging.wheels import Wheels
from rekbridge.support import paths

LICENCE_FILE = re.compile(r"(licen[cs]e|copying)", re.IGNORECASE)


def load_wheels() -> Wheels:
    """The unpacked wheels of this machine's architecture."""
    wheels = Wheels(get_host_architecture(), paths.LAMBDA_PACKAGE / "requirements.txt")
    wheels.ensure()
    return wheels


def test_every_shared_library_is_listed_with_its_wheel() -> None:
    listed = {(name, one) for name, row in licences.load_licences().items() for one in row.libraries}
    # pillow.libs/libwebp-51b0b3f7.so.7.2.0
    files = load_wheels().folder.glob("*.libs/*.so*")
    found = {(file.parent.name.removesuffix(".libs").replace("_", "-"), file.name.partition("-")[0]) for file in files}
    assert listed == found


def test_libheif_is_listed_in_its_version() -> None:
    files = load_wheels().folder.glob("pi_heif.libs/libheif*.so*")
    listed = licences.load_licences()["pi-heif"].libraries["libheif"].version
    assert [file.name.partition(".so.")[2] for file in files] == [listed]


def test_every_zip_takes_the_licence_files_of_its_packages() -> None:
    wheels = load_wheels()
    without = [
        name
        for name in wheels.distributions
        if not any(LICENCE_FILE.search(file.rpartition("/")[2]) for file in wheels.list_files(name))
    ]
    assert without == []
