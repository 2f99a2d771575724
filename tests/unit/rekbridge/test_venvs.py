from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.support.venvs import Venv


@pytest.fixture
def pins(tmp_path: Path, home: Path) -> Path:
    file = tmp_path / "pins.txt"
    file.write_text("# nothing\n")
    return file


def test_other_pins_are_another_environment(pins: Path) -> None:
    before = Venv("tool", pins).folder
    pins.write_text("# nothing else\n")
    assert Venv("tool", pins).folder != before


def test_an_environment_is_created_once(pins: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        Venv("tool", pins).ensure(lines.append)
    assert len(lines) == 1


def test_concurrent_callers_create_it_once(pins: Path) -> None:
    lines: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        interpreters = list(pool.map(lambda _: Venv("tool", pins).ensure(lines.append), range(2)))
    assert interpreters[0].exists()
    assert len(lines) == 1


def test_an_incomplete_environment_is_created_again(pins: Path) -> None:
    venv = Venv("tool", pins)
    venv.folder.mkdir(parents=True)
    (venv.folder / "left-over").touch()
    assert venv.ensure().exists()
    assert not (venv.folder / "left-over").exists()


def test_pips_error_is_shown_with_advice(pins: Path) -> None:
    pins.write_text("./no-such-wheel.whl\n")
    with pytest.raises(OperatorError, match=r"no-such-wheel") as failure:
        Venv("tool", pins).ensure()
    assert "network" in failure.value.next_step
