"""A model that is damaged or missing: the engine ends at once and names the file."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rekbridge.support import paths, venvs
from rekbridge_engine import model_files

PACKAGE = paths.ENGINE_FOLDER / "rekbridge_engine"


@pytest.fixture
def copied_engine(tmp_path: Path) -> Path:
    """A folder with the engine's package. Its models are links, which a test may replace."""
    package = tmp_path / "rekbridge_engine"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("models", "__pycache__"))
    (package / "models").mkdir()
    for file in model_files.FOLDER.iterdir():
        (package / "models" / file.name).symlink_to(file)
    return tmp_path


def start_engine(folder: Path) -> subprocess.CompletedProcess[str]:
    """Start the engine of a folder and wait for its end."""
    catalog = ["--catalog", str(paths.TABLES_FOLDER)]
    command = [str(venvs.ENGINE.ensure()), "-m", "rekbridge_engine", "--port", "0", "--workers", "1", *catalog]
    return subprocess.run(command, cwd=folder, timeout=60, capture_output=True, text=True, check=False)


def change_one_byte(file: Path) -> None:
    """Replace a link by a copy of its file with one other byte in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


@pytest.mark.parametrize("name", ["centerface.onnx", "labels.json"])
def test_the_engine_refuses_to_start_with_a_file_that_has_one_other_byte(copied_engine: Path, name: str) -> None:
    file = copied_engine / "rekbridge_engine" / "models" / name
    change_one_byte(file)
    ended = start_engine(copied_engine)
    (line,) = ended.stderr.splitlines()
    assert (ended.returncode, line.startswith(f"rekbridge-engine: {file} is damaged")) == (1, True), line


@pytest.mark.parametrize("name", ["movenet.onnx", "checksums.txt"])
def test_the_engine_refuses_to_start_without_one_of_its_files(copied_engine: Path, name: str) -> None:
    file = copied_engine / "rekbridge_engine" / "models" / name
    file.unlink()
    ended = start_engine(copied_engine)
    (line,) = ended.stderr.splitlines()
    assert (ended.returncode, line) == (1, f"rekbridge-engine: {file} is missing: install rekbridge-engine again")


def test_the_engine_refuses_to_start_without_a_catalog(copied_engine: Path) -> None:
    command = [str(venvs.ENGINE.ensure()), "-m", "rekbridge_engine", "--port", "0", "--catalog", str(copied_engine)]
    ended = subprocess.run(command, cwd=copied_engine, timeout=60, capture_output=True, text=True, check=False)
    assert (ended.returncode, f"{copied_engine}/operations.json" in ended.stderr) == (1, True), ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def list_models() -> Iterator[str]:
    for file in model_files.FOLDER.iterdir():
        if file.suffix in {".onnx", ".json"}:
            yield file.name


def test_the_shipped_files_have_the_bytes_of_checksums_txt() -> None:
    model_files.check_files()


def test_checksums_txt_lists_every_model_and_the_table_of_labels() -> None:
    lines = (model_files.FOLDER / "checksums.txt").read_text().splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(list_models())


def test_the_notice_names_every_file_and_the_text_of_every_licence() -> None:
    notice = (model_files.FOLDER / "NOTICE.txt").read_text()
    texts = [file.name for file in (model_files.FOLDER / "licences").iterdir()]
    assert [name for name in [*list_models(), *texts] if name not in notice] == []
    assert sorted(texts) == ["Apache-2.0.txt", "BSD-2-Clause.txt", "CC0-1.0.txt", "MIT.txt"]


def test_the_copy_of_the_apache_licence_is_the_products_own() -> None:
    copy = model_files.FOLDER / "licences" / "Apache-2.0.txt"
    assert copy.read_bytes() == (paths.ROOT / "LICENSE").read_bytes()
