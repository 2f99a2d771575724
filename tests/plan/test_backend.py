"""Where the state of a deployment in an account is stored, and its providers chosen, with real `terraform init`s."""

import json
from pathlib import Path

import pytest
from rekbridge.deploy import account_folders
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform


def initialize(folder: Path, tfvars: Path, target: str = "aws") -> Terraform:
    """Initialise a deployment."""
    terraform = Terraform(folder / "deployment", environment.build_isolated_environment(), {"target": target}, tfvars)
    terraform.folder.mkdir()
    terraform.init()
    return terraform


def init_and_find_state(folder: Path, tfvars: Path, target: str = "aws") -> str:
    """Initialise a deployment; gives the path of the state file that Terraform will use."""
    terraform = initialize(folder, tfvars, target)
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


def test_the_lock_file_beside_the_operators_variables_is_used_and_not_changed(tmp_path: Path) -> None:
    tfvars = write_tfvars(tmp_path, str(tmp_path / "operator.tfstate"))
    first = initialize(tmp_path, tfvars)
    lock = tmp_path / ".terraform.lock.hcl"
    lock.write_text("# ours\n" + lock.read_text())
    first.init()
    assert lock.read_text().startswith("# ours\n")
    assert (first.root / lock.name).read_text() == lock.read_text()


def test_a_lock_file_of_other_providers_is_refused_and_named(tmp_path: Path) -> None:
    tfvars = write_tfvars(tmp_path)
    lock = tmp_path / ".terraform.lock.hcl"
    lock.write_text('provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.1.0"\n  hashes  = ["h1:x"]\n}\n')
    before = lock.read_text()
    with pytest.raises(OperatorError) as refused:
        initialize(tmp_path, tfvars)
    assert f"delete {lock}, plan again" in refused.value.next_step
    assert lock.read_text() == before


def test_with_a_backend_the_choice_of_providers_is_kept_beside_the_variables(tmp_path: Path) -> None:
    initialize(tmp_path, write_tfvars(tmp_path, str(tmp_path / "operator.tfstate")))
    assert 'version     = "5.100.0"' in (tmp_path / ".terraform.lock.hcl").read_text()


@pytest.mark.parametrize("target", ["aws", "ministack"])
def test_without_a_backend_nothing_is_written_beside_the_variables(target: str, tmp_path: Path) -> None:
    tfvars = write_tfvars(tmp_path)
    initialize(tmp_path, tfvars, target)
    assert {file.name for file in tmp_path.iterdir()} == {"my.tfvars", "deployment"}


def test_a_local_state_is_not_forgotten_when_there_is_a_backend(tmp_path: Path) -> None:
    tfvars = write_tfvars(tmp_path)
    terraform = initialize(tmp_path, tfvars)
    terraform.state_file.write_text('{"version": 4, "serial": 1, "lineage": "x", "resources": [{}]}')
    write_tfvars(tmp_path, str(tmp_path / "operator.tfstate"))
    terraform.init()
    with pytest.raises(OperatorError) as refused:
        account_folders.refuse_forgotten_local_state(terraform)
    assert f"state push {terraform.state_file}" in refused.value.next_step
    terraform.state_file.rename(tmp_path / "moved")
    account_folders.refuse_forgotten_local_state(terraform)


def test_the_example_of_a_backend_is_one(tmp_path: Path) -> None:
    """With credentials that reach nothing, Terraform reads the file and fails at AWS."""
    example = paths.ROOT / "terraform" / "examples" / "backend" / "backend_override.tf"
    (tmp_path / example.name).write_text(example.read_text())
    (tmp_path / "my.tfvars").touch()
    nothing = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"}
    isolated = environment.build_isolated_environment() | nothing | {"AWS_MAX_ATTEMPTS": "1"}
    terraform = Terraform(tmp_path / "deployment", isolated, {"target": "aws"}, tmp_path / "my.tfvars")
    terraform.folder.mkdir()
    with pytest.raises(OperatorError, match="STS") as failed:
        terraform.init()
    assert "Unsupported argument" not in str(failed.value)
