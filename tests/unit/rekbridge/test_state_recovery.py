"""A local state that Terraform was killed over."""

import json
from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.state_recovery import BACKUP, STATE, restore_truncated_state

EARLIER = json.dumps({"version": 4, "serial": 7, "resources": ["all"], "outputs": {}})
LATER = json.dumps({"version": 4, "serial": 9, "resources": [], "outputs": {}})


def restore(folder: Path, state: str | None, backup: str | None) -> tuple[str | None, list[str]]:
    """The state after the restoration, and the notices."""
    for name, text in ((STATE, state), (BACKUP, backup)):
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
