"""pip takes a wheel only if its bytes are the pinned ones. The wheels are in a folder; there is no network."""

import base64
import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rekbridge.packaging.build import get_host_architecture
from rekbridge.packaging.wheels import Wheels
from rekbridge.support.errors import OperatorError
from rekbridge.support.venvs import Venv

WHEEL = "demo-1.0-py3-none-any.whl"
type Install = Callable[[Path], Path]


def install_for_lambda(pins: Path) -> Path:
    """Unpack the wheels as for a Lambda."""
    wheels = Wheels(get_host_architecture(), pins)
    wheels.ensure()
    return wheels.folder


def install_here(pins: Path) -> Path:
    """Install the environment of a program that runs on this machine."""
    venv = Venv("demo", pins)
    venv.ensure()
    return venv.folder


@pytest.fixture(params=[install_for_lambda, install_here])
def install(request: pytest.FixtureRequest) -> Install:
    chosen: Install = request.param
    return chosen


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip takes wheels from."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("REKBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, code: str) -> str:
    """Write a wheel of one module, and return its SHA-256."""
    files = {
        "demo.py": code,
        "demo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text)}"
        for name, text in files.items()
    ]
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
        archive.writestr("demo-1.0.dist-info/RECORD", "\n".join([*rows, "demo-1.0.dist-info/RECORD,,"]))
    return hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()


def write_pins(folder: Path, *hashes: str) -> Path:
    pins = folder / "pins.txt"
    pins.write_text(" \\\n".join(["demo==1.0", *(f"    --hash=sha256:{digest}" for digest in hashes)]) + "\n")
    return pins


def test_the_pinned_wheel_is_taken(index: Path, install: Install, tmp_path: Path) -> None:
    digest = write_wheel(index, "genuine = True\n")
    assert list(install(write_pins(tmp_path, "0" * 64, digest)).rglob("demo.py")) != []


@pytest.mark.parametrize("pinned_hashes", [1, 2])
def test_a_tampered_wheel_is_refused_by_name(index: Path, install: Install, tmp_path: Path, pinned_hashes: int) -> None:
    pins = write_pins(tmp_path, write_wheel(index, "genuine = True\n"), *["0" * 64] * (pinned_hashes - 1))
    got = write_wheel(index, "genuine = False\n")
    with pytest.raises(OperatorError, match="not the one on PyPI that is pinned") as refused:
        install(pins)
    assert f"{WHEEL}\n  has the SHA-256 {got}" in str(refused.value)
    assert "pip config list" in refused.value.next_step
    assert list((tmp_path / "home").rglob("demo.py")) == []


def test_a_pin_without_a_hash_is_refused(index: Path, install: Install, tmp_path: Path) -> None:
    write_wheel(index, "genuine = True\n")
    with pytest.raises(OperatorError, match="a pin has no hash") as refused:
        install(write_pins(tmp_path))
    assert "rekbridge pins" in refused.value.next_step
    assert list((tmp_path / "home").rglob("demo.py")) == []


def test_a_missing_wheel_is_no_tampered_one(index: Path, install: Install, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="No matching distribution found for demo"):
        install(write_pins(tmp_path, "0" * 64))


def test_the_file_that_was_unpacked_is_recorded(index: Path, tmp_path: Path) -> None:
    digest = write_wheel(index, "genuine = True\n")
    wheels = Wheels(get_host_architecture(), write_pins(tmp_path, digest))
    wheels.ensure()
    assert wheels.archives == {"demo": (WHEEL, digest)}
