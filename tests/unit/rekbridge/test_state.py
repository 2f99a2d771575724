from pathlib import Path

import pytest
from rekbridge.emulator import state

EMULATOR = "ministack-0123456789ab"


@pytest.fixture
def applied(tmp_path: Path) -> Path:
    """A run folder in which something was deployed."""
    for file in ("state/services/s3.json", "terraform/terraform.tfstate", "terraform/data/provider"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("{}")
    return tmp_path


def test_after_an_orderly_end_both_states_stay(applied: Path) -> None:
    state.complete(applied, EMULATOR)
    assert not state.reopen(applied, EMULATOR)
    assert (applied / "state/services/s3.json").exists()
    assert (applied / "terraform/terraform.tfstate").exists()


def test_without_an_orderly_end_both_states_go_and_it_is_told(applied: Path) -> None:
    assert state.reopen(applied, EMULATOR)
    assert not (applied / "state").exists()
    assert not (applied / "terraform/terraform.tfstate").exists()


def test_one_orderly_end_is_good_for_one_start(applied: Path) -> None:
    state.complete(applied, EMULATOR)
    state.reopen(applied, EMULATOR)
    assert state.reopen(applied, EMULATOR)


def test_another_version_of_the_emulator_starts_empty(applied: Path) -> None:
    state.complete(applied, EMULATOR)
    assert state.reopen(applied, "ministack-ba9876543210")


def test_a_lost_state_keeps_terraforms_provider(applied: Path) -> None:
    state.reopen(applied, EMULATOR)
    assert (applied / "terraform/data/provider").exists()


def test_a_first_start_has_lost_nothing(tmp_path: Path) -> None:
    assert not state.reopen(tmp_path, EMULATOR)


def test_an_emulator_that_keeps_nothing_starts_empty(applied: Path) -> None:
    state.complete(applied, EMULATOR)
    assert state.reopen(applied, None)
