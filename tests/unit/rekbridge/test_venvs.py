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


def test_an_environment_is_made_once(pins: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        Venv("tool", pins).ensure(said.append)
    assert len(said) == 1


def test_two_who_need_it_at_once_make_it_once(pins: Path) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: Venv("tool", pins).ensure(said.append), range(2)))
    assert made[0].exists()
    assert len(said) == 1


def test_a_half_made_environment_is_made_again(pins: Path) -> None:
    venv = Venv("tool", pins)
    venv.folder.mkdir(parents=True)
    (venv.folder / "left-over").touch()
    assert venv.ensure().exists()
    assert not (venv.folder / "left-over").exists()


def test_what_pip_says_is_passed_on_with_what_to_do(pins: Path) -> None:
    pins.write_text("./no-such-wheel.whl\n")
    with pytest.raises(OperatorError, match=r"no-such-wheel") as failure:
        Venv("tool", pins).ensure()
    assert "network" in failure.value.next_step
