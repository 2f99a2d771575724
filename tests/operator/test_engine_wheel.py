"""The wheel `rekbridge-engine`: its command works outside of the checkout, with nothing but its pinned dependencies."""

import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rekbridge.support import parent_death_signal, paths, venvs

from tests.engine.engine_process import RunningEngine, load_photo, wait_until

VERSION = "0.1.0"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make engine-wheel` does."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(paths.ENGINE_FOLDER)], check=True)
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment with the wheel and its pinned dependencies, and its commands."""
    folder = tmp_path_factory.mktemp("user")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (pins,) = venvs.ENGINE.ensure().parents[1].glob("lib/python3*/site-packages")
    # The pins of requirements.txt are installed once a machine; this environment sees them, too.
    (packages / "pins.pth").write_text(f"{pins}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-input", "--no-deps", str(wheel)], check=True)
    return folder


@pytest.fixture(scope="module")
def installed_engine(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """The engine as a user runs it: the command, no environment variables, another working directory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(environment / "bin" / "rekbridge-engine"), "--port", str(port), "--workers", "1"]
    folder = tmp_path_factory.mktemp("elsewhere")
    process = subprocess.Popen(parent_death_signal.with_death_signal(command), cwd=folder, env={})
    engine = RunningEngine(f"http://127.0.0.1:{port}", process)
    wait_until(engine.is_healthy, 90)
    yield engine
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def run_command(environment: Path, *arguments: str) -> str:
    command = [str(environment / "bin" / "rekbridge-engine"), *arguments]
    return subprocess.run(command, cwd=environment, env={}, capture_output=True, text=True, check=True).stdout


def test_the_installed_engine_detects_labels(installed_engine: RunningEngine) -> None:
    response = installed_engine.create_client().detect_labels(Image=load_photo("cat.jpg"))
    assert "Cat" in {label["Name"] for label in response["Labels"]}


def test_the_installed_engine_detects_faces(installed_engine: RunningEngine) -> None:
    response = installed_engine.create_client().detect_faces(Image=load_photo("astronaut.jpg"))
    assert len(response["FaceDetails"]) == 1


def test_the_installed_engine_knows_the_regions(installed_engine: RunningEngine) -> None:
    client = installed_engine.create_client("eu-west-1")
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.detect_text(Image={"Bytes": b"no image"})


def test_the_command_prints_its_version(environment: Path) -> None:
    assert run_command(environment, "--version") == f"rekbridge-engine {VERSION}\n"


def test_the_help_shows_every_option_and_how_to_call_the_engine(environment: Path) -> None:
    text = run_command(environment, "--help")
    options = (
        "--host",
        "--allow-host",
        "--port",
        "--s3-endpoint",
        "--catalog",
        "--control",
        "--latency-ms",
        "--workers",
    )
    wanted = ("usage: rekbridge-engine", *options, "AWS_ENDPOINT_URL_REKOGNITION=http://127.0.0.1:4690", "/health")
    assert [part for part in wanted if part not in text] == []


def test_the_pinned_versions_satisfy_the_wheel(environment: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "check"]
    checked = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_wheel_has_the_models_the_licences_and_the_catalog(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = paths.ENGINE_FOLDER / "rekbridge_engine"
    files = {file.relative_to(package.parent).as_posix() for file in package.rglob("*") if file.is_file()}
    tables = {f"rekbridge_engine/tables/{name}.json" for name in ("operations", "regions")}
    licences = f"rekbridge_engine-{VERSION}.dist-info/licenses/rekbridge_engine/models"
    wanted = {name for name in files if "__pycache__" not in name} | tables | {f"{licences}/NOTICE.txt"}
    assert wanted - names == set()


def test_the_wheel_has_neither_the_recipe_nor_other_code(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"rekbridge_engine", f"rekbridge_engine-{VERSION}.dist-info"}
