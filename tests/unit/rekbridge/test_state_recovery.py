"""A local state that Terraform was killed over."""

import json
from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.state_recovery import BACKUP, COPY, STATE, StateCopies, restore_truncated_state

EARLIER = json.dumps({"version": 4, "serial": 7, "resources": ["all"], "outputs": {}})
LATER = json.dumps({"version": 4, "serial": 9, "resources": [], "outputs": {}})


def restore(
    folder: Path, state: str | None, backup: str | None, copy: str | None = None
) -> tuple[str | None, list[str]]:
    """The state after the restoration, and the notices."""
    for name, text in ((STATE, state), (BACKUP, backup), (COPY, copy)):
        if text is not None:
            (folder / name).write_text(text)
    notices: list[str] = []
    restore_truncated_state(folder, notices.append)
    file = folder / STATE
    return file.read_text() if file.exists() else None, notices


@pytest.mark.parametrize("broken", ["", LATER[: len(LATER) // 2], "\0" * 64], ids=["empty", "half", "zeros"])
def test_a_broken_state_is_replaced_by_its_backup(tmp_path: Path, broken: str) -> None:
    restored, notices = restore(tmp_path, broken, EARLIER)
    assert (restored, len(notices)) == (EARLIER, 1)
    assert (tmp_path / BACKUP).read_text() == EARLIER


@pytest.mark.parametrize(
    ("state", "backup"),
    [(LATER, EARLIER), (LATER, None), (None, EARLIER), (None, None)],
)
def test_any_other_state_is_left_as_it_is(tmp_path: Path, state: str | None, backup: str | None) -> None:
    assert restore(tmp_path, state, backup) == (state, [])


@pytest.mark.parametrize("backup", [None, "", EARLIER[:9]], ids=["no backup", "empty", "half"])
def test_a_broken_state_without_a_backup_is_never_taken_for_nothing(tmp_path: Path, backup: str | None) -> None:
    with pytest.raises(OperatorError, match="nothing is known of what was created") as refused:
        restore(tmp_path, "", backup)
    assert "--tag-filters Key=deployment,Values=<prefix>" in refused.value.next_step
    assert (tmp_path / STATE).read_text() == ""


@pytest.mark.parametrize("broken", ["", LATER[: len(LATER) // 2]], ids=["empty", "half"])
@pytest.mark.parametrize("backup", [None, "", EARLIER], ids=["no backup", "a broken backup", "an older backup"])
def test_a_broken_state_is_replaced_by_the_copy_of_the_command_that_was_killed(
    tmp_path: Path, broken: str, backup: str | None
) -> None:
    restored, notices = restore(tmp_path, broken, backup, copy=LATER)
    assert (restored, len(notices)) == (LATER, 1)


@pytest.mark.parametrize("copy", ["", EARLIER], ids=["broken", "of an earlier command"])
def test_a_backup_that_is_newer_than_the_copy_is_used(tmp_path: Path, copy: str) -> None:
    assert restore(tmp_path, "", LATER, copy=copy)[0] == LATER


@pytest.mark.parametrize("length", range(0, len(LATER), 7))
def test_whatever_moment_of_a_write_a_copy_falls_into_the_newest_complete_state_is_kept(
    tmp_path: Path, length: int
) -> None:
    state, copies = tmp_path / STATE, StateCopies(tmp_path)
    copies.begin()
    state.write_text(EARLIER)
    copies.keep()
    state.write_text(LATER[:length])
    copies.keep()
    assert restore(tmp_path, None, None)[0] == EARLIER
    state.write_text(LATER)
    copies.keep()
    state.write_text("")
    assert restore(tmp_path, None, None)[0] == LATER


@pytest.mark.parametrize("copy", [None, LATER], ids=["no copy", "the copy of a state that was removed since"])
def test_a_first_command_that_is_killed_before_its_first_state_leaves_no_state(
    tmp_path: Path, copy: str | None
) -> None:
    if copy:
        (tmp_path / COPY).write_text(copy)
    StateCopies(tmp_path).begin()
    restored, notices = restore(tmp_path, "", None)
    assert (restored, len(notices)) == (None, 1)


def test_a_copy_and_a_restored_state_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / STATE).write_text(LATER)
    StateCopies(tmp_path).begin()
    restore(tmp_path, "", None)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in (COPY, STATE)] == [0o600, 0o600]


def test_half_of_a_first_state_is_never_taken_for_nothing(tmp_path: Path) -> None:
    StateCopies(tmp_path).begin()
    with pytest.raises(OperatorError, match="nothing is known"):
        restore(tmp_path, LATER[: len(LATER) // 2], None)


def test_a_copy_that_cannot_be_written_ends_no_command_and_leaves_the_copy_before(tmp_path: Path) -> None:
    (tmp_path / STATE).write_text(EARLIER)
    copies = StateCopies(tmp_path)
    copies.begin()
    # As a full disk, this refuses the draft.
    (tmp_path / f"{COPY}.draft").mkdir()
    (tmp_path / STATE).write_text(LATER)
    copies.keep()
    assert (tmp_path / COPY).read_text() == EARLIER
