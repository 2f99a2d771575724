"""A state that Terraform could not store is not deleted with the folder in which Terraform has put it."""

from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import tree


def test_an_unstored_state_is_not_deleted_with_the_copy(tmp_path: Path) -> None:
    folder = tmp_path / "my folder"
    root = tree.copy_configuration(folder / "tree")
    state = root / "errored.tfstate"
    state.write_text("the only one")
    with pytest.raises(OperatorError) as refused:
        tree.copy_configuration(folder / "tree")
    assert state.read_text() == "the only one"
    push = f"TF_DATA_DIR='{folder}/data' terraform -chdir='{root}' state push errored.tfstate && rm '{state}'"
    assert push in refused.value.next_step


def test_a_copy_without_one_is_replaced(tmp_path: Path) -> None:
    root = tree.copy_configuration(tmp_path / "tree")
    (root / "old.tf").touch()
    assert not (tree.copy_configuration(tmp_path / "tree") / "old.tf").exists()
