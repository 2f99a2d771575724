"""Where the state of a deployment in an account is stored, with real `terraform init`s."""

import json
from pathlib import Path

from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform


def init_and_find_state(folder: Path, tfvars: Path, target: str = "aws") -> str:
    """Initialise a deployment; gives the path of the state file that Terraform will use."""
    terraform = Terraform(folder / "deployment", environment.build_isolated_environment(), {"target": target}, tfvars)
    terraform.folder.mkdir()
    terraform.init()
    data = json.loads((terraform.folder / "data" / "terraform.tfstate").read_text())
    return str(data["backend"]["config"]["path"])


def write_tfvars(folder: Path, backend: str | None = None) -> Path:
    """Write an operator's variables, with a backend beside them if there is one."""
    if backend:
        file = f'terraform {{\n  backend "local" {{\n    path = "{backend}"\n  }}\n}}\n'
        (folder / "backend_override.tf").write_text(file)
    (folder / "my.tfvars").touch()
    return folder / "my.tfvars"


def test_a_backend_beside_the_operators_variables_is_used(tmp_path: Path) -> None:
    path = str(tmp_path / "operator.tfstate")
    assert init_and_find_state(tmp_path, write_tfvars(tmp_path, path)) == path


def test_without_a_backend_the_state_is_in_the_deployments_folder(tmp_path: Path) -> None:
    default = str(tmp_path / "deployment" / "terraform.tfstate")
    assert init_and_find_state(tmp_path, write_tfvars(tmp_path)) == default


def test_an_emulators_state_is_always_in_the_deployments_folder(tmp_path: Path) -> None:
    tfvars = write_tfvars(tmp_path, str(tmp_path / "operator.tfstate"))
    default = str(tmp_path / "deployment" / "terraform.tfstate")
    assert init_and_find_state(tmp_path, tfvars, "ministack") == default
