"""Where the state of a deployment in an account is kept, by real `terraform init`s."""

import json
from pathlib import Path

from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform


def state(folder: Path, tfvars: Path, target: str = "aws") -> str:
    """The file that Terraform will keep it in."""
    terraform = Terraform(folder / "deployment", environment.of_nobody(), {"target": target}, tfvars)
    terraform.folder.mkdir()
    terraform.init()
    told = json.loads((terraform.folder / "data" / "terraform.tfstate").read_text())
    return str(told["backend"]["config"]["path"])


def variables(folder: Path, backend: str | None = None) -> Path:
    if backend:
        file = f'terraform {{\n  backend "local" {{\n    path = "{backend}"\n  }}\n}}\n'
        (folder / "backend_override.tf").write_text(file)
    (folder / "my.tfvars").touch()
    return folder / "my.tfvars"


def test_a_backend_beside_the_operators_variables_is_used(tmp_path: Path) -> None:
    theirs = str(tmp_path / "theirs.tfstate")
    assert state(tmp_path, variables(tmp_path, theirs)) == theirs


def test_without_one_the_state_is_in_the_deployments_folder(tmp_path: Path) -> None:
    assert state(tmp_path, variables(tmp_path)) == str(tmp_path / "deployment" / "terraform.tfstate")


def test_an_emulators_state_is_never_elsewhere(tmp_path: Path) -> None:
    tfvars = variables(tmp_path, str(tmp_path / "theirs.tfstate"))
    assert state(tmp_path, tfvars, "ministack") == str(tmp_path / "deployment" / "terraform.tfstate")
