"""Two packages called `handlers` in one process: the kit's, and that of a project with Lambdas of its own."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from rekbridge.records import own


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project's folder, as pytest puts it in front of all others; nobody's `handlers` is loaded."""
    with own.handlers(tmp_path / "nobody"):
        monkeypatch.syspath_prepend(package(tmp_path / "project", "theirs"))
        yield tmp_path / "project"


def package(folder: Path, whose: str) -> Path:
    (folder / "handlers").mkdir(parents=True)
    (folder / "handlers" / "__init__.py").touch()
    (folder / "handlers" / "whose.py").write_text(f"WHOSE = {whose!r}\n")
    return folder


def whose() -> str:
    return str(import_module("handlers.whose").WHOSE)


@pytest.mark.parametrize("already_loaded", [True, False])
def test_each_gets_its_own(theirs: Path, tmp_path: Path, already_loaded: bool) -> None:
    if already_loaded:
        assert whose() == "theirs"
    with own.handlers(package(tmp_path / "kit", "ours")):
        assert whose() == "ours"
    assert whose() == "theirs"


def test_what_was_loaded_stays_what_it_is(theirs: Path, tmp_path: Path) -> None:
    before = import_module("handlers.whose")
    with own.handlers(package(tmp_path / "kit", "ours")):
        pass
    assert sys.modules["handlers.whose"] is before


def test_a_path_of_the_kit_is_left_behind_nowhere(theirs: Path, tmp_path: Path) -> None:
    kit = package(tmp_path / "kit", "ours")
    with own.handlers(kit):
        whose()
    assert str(kit) not in sys.path
