from pathlib import Path

import pytest
from rekbridge.emulator import state

STATE_ID = "ministack-0123456789ab"


@pytest.fixture
def deployed_folder(tmp_path: Path) -> Path:
    """A run folder in which something was deployed."""
    for file in ("state/services/s3.json", "terraform/terraform.tfstate", "terraform/data/provider"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("{}")
    return tmp_path


def test_after_a_clean_shutdown_both_states_stay(deployed_folder: Path) -> None:
    state.mark_complete(deployed_folder, STATE_ID)
    assert not state.prepare_state(deployed_folder, STATE_ID)
    assert (deployed_folder / "state/services/s3.json").exists()
    assert (deployed_folder / "terraform/terraform.tfstate").exists()


def test_without_a_clean_shutdown_both_states_are_deleted_and_this_is_reported(deployed_folder: Path) -> None:
    assert state.prepare_state(deployed_folder, STATE_ID)
    assert not (deployed_folder / "state").exists()
    assert not (deployed_folder / "terraform/terraform.tfstate").exists()


def test_one_clean_shutdown_counts_for_one_start(deployed_folder: Path) -> None:
    state.mark_complete(deployed_folder, STATE_ID)
    state.prepare_state(deployed_folder, STATE_ID)
    assert state.prepare_state(deployed_folder, STATE_ID)


def test_another_version_of_the_emulator_starts_empty(deployed_folder: Path) -> None:
    state.mark_complete(deployed_folder, STATE_ID)
    assert state.prepare_state(deployed_folder, "ministack-ba9876543210")


def test_terraforms_provider_stays_when_the_state_is_lost(deployed_folder: Path) -> None:
    state.prepare_state(deployed_folder, STATE_ID)
    assert (deployed_folder / "terraform/data/provider").exists()


def test_a_first_start_has_lost_nothing(tmp_path: Path) -> None:
    assert not state.prepare_state(tmp_path, STATE_ID)


def test_an_emulator_that_saves_no_state_starts_empty(deployed_folder: Path) -> None:
    state.mark_complete(deployed_folder, STATE_ID)
    assert state.prepare_state(deployed_folder, None)


def test_discarded_states_are_deleted_at_the_next_start(deployed_folder: Path) -> None:
    state.mark_complete(deployed_folder, STATE_ID)
    state.discard(deployed_folder)
    assert state.prepare_state(deployed_folder, STATE_ID)


def test_the_mark_of_a_killed_apply_goes_with_the_states(deployed_folder: Path) -> None:
    (deployed_folder / "terraform" / state.APPLYING).touch()
    state.prepare_state(deployed_folder, STATE_ID)
    assert not (deployed_folder / "terraform" / state.APPLYING).exists()
