"""A plan file: what is in it, and which files are refused."""

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rekbridge.deploy import account_folders, commands, plan_files, plan_opening
from rekbridge.deploy.targets import DeploymentTarget
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import tree
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.driver import Terraform

from tests.unit.rekbridge.conftest import Aws
from tests.unit.rekbridge.planned_documents import build_document

ACCOUNT = "123456789012"
# `init` writes where the state is, as the real one does.
TERRAFORM = """#!/bin/sh
case "$*" in *" init "*) mkdir -p "$TF_DATA_DIR"; echo "$BACKEND" > "$TF_DATA_DIR/terraform.tfstate" ;; esac
"""
S3 = {"type": "s3", "config": {"bucket": "states", "key": "prod", "region": "eu-west-3", "secret_key": "hidden"}}
type Rewrite = Callable[[str, Callable[[bytes], bytes]], None]


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """A Terraform on the PATH that finds its state at this backend."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(TERRAFORM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def use(document: dict[str, Any]) -> None:
        monkeypatch.setenv("BACKEND", json.dumps({"backend": document}))

    use(S3)
    return use


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A file as `rekbridge plan --out` writes it on another machine."""
    terraform = Terraform(tmp_path / "other" / "prod-1234", dict(os.environ), {"target": "aws"})
    tree.copy_configuration(terraform.folder / "tree")
    packages = terraform.folder / "tree" / "packages"
    packages.mkdir()
    (packages / "api.zip").write_bytes(b"a package")
    (terraform.root / ".terraform.lock.hcl").write_text("# a lock file")
    (terraform.root / "backend_override.tf").write_text("# a backend")
    terraform.plan_file.write_bytes(b"a plan")
    terraform.reinit()
    file = tmp_path / "prod.plan"
    plan_files.write_plan_file(file, terraform, PlannedChanges.from_document(build_document()), ACCOUNT)
    return file


@pytest.fixture
def rewrite(plan_file: Path) -> Rewrite:
    """Changes one file in the plan file."""

    def rewrite_entry(name: str, change: Callable[[bytes], bytes]) -> None:
        with zipfile.ZipFile(plan_file) as archive:
            contents = {entry: archive.read(entry) for entry in archive.namelist()}
        contents[name] = change(contents.get(name, b""))
        with zipfile.ZipFile(plan_file, "w") as archive:
            for entry, content in contents.items():
                archive.writestr(entry, content)

    return rewrite_entry


def open_plan(plan_file: Path, target: DeploymentTarget = DeploymentTarget.aws) -> Terraform:
    return plan_opening.open_plan(plan_file, target, lambda _: None)


def change_manifest(rewrite: Rewrite, **values: Any) -> None:
    rewrite(plan_files.MANIFEST, lambda content: json.dumps(json.loads(content) | values).encode())


def test_only_its_owner_can_read_it(plan_file: Path) -> None:
    assert stat.S_IMODE(plan_file.stat().st_mode) == 0o600


def test_a_file_that_anybody_can_read_is_replaced_by_one_that_only_its_owner_can(
    plan_file: Path, tmp_path: Path
) -> None:
    plan_file.chmod(0o644)
    terraform = Terraform(tmp_path / "other" / "prod-1234", dict(os.environ), {"target": "aws"})
    plan_files.write_plan_file(plan_file, terraform, PlannedChanges.from_document(build_document()), ACCOUNT)
    assert stat.S_IMODE(plan_file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("aws")
def test_another_machine_gets_plan_packages_lock_file_backend_and_configuration(plan_file: Path) -> None:
    terraform = open_plan(plan_file)
    root = terraform.root
    found = [
        terraform.plan_file,
        root / "../packages/api.zip",
        root / ".terraform.lock.hcl",
        root / "backend_override.tf",
    ]
    assert [file.read_text() for file in found] == ["a plan", "a package", "# a lock file", "# a backend"]
    assert (root / "main.tf").read_text() == (paths.ROOT / "terraform" / "main.tf").read_text()
    assert terraform.folder == account_folders.get_root() / "prod-1234"


@pytest.mark.usefixtures("aws")
def test_only_its_owner_can_read_the_opened_plan(plan_file: Path) -> None:
    terraform = open_plan(plan_file)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (terraform.plan_file, terraform.folder)] == [0o600, 0o700]


@pytest.mark.usefixtures("aws")
def test_a_state_that_could_not_be_stored_is_not_deleted_by_the_next_plan(plan_file: Path) -> None:
    state = open_plan(plan_file).root / "errored.tfstate"
    state.write_text("the only one")
    with pytest.raises(OperatorError, match=str(state)):
        open_plan(plan_file)
    assert state.read_text() == "the only one"


def test_no_credential_of_the_backend_is_in_the_manifest(plan_file: Path) -> None:
    assert plan_files.read_manifest(plan_file).state == "s3 bucket=states key=prod region=eu-west-3"


@pytest.mark.parametrize("name", ["plan", "tree/packages/api.zip", "tree/terraform/main.tf", "tree/terraform/new.tf"])
def test_a_file_in_it_that_was_changed_or_added_is_refused(name: str, plan_file: Path, rewrite: Rewrite) -> None:
    rewrite(name, lambda content: content + b"#")
    with pytest.raises(OperatorError, match=f"changed after it was made: {name}") as refused:
        open_plan(plan_file)
    assert "Plan again" in refused.value.next_step


@pytest.mark.parametrize("values", [{"rekbridge": "0.0.9"}, {"configuration": "0" * 64}, {"format": 99}], ids=str)
def test_a_plan_of_another_rekbridge_is_refused(values: dict[str, Any], plan_file: Path, rewrite: Rewrite) -> None:
    change_manifest(rewrite, **values)
    with pytest.raises(OperatorError, match=r"another (Rekbridge|version)"):
        open_plan(plan_file)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip"])
def test_anything_else_is_refused(content: bytes, plan_file: Path) -> None:
    plan_file.write_bytes(content)
    with pytest.raises(OperatorError, match="is not a plan"):
        open_plan(plan_file)


def test_a_plan_of_terraform_itself_is_refused(plan_file: Path) -> None:
    with zipfile.ZipFile(plan_file, "w") as archive:
        archive.writestr("tfplan", b"")
    with pytest.raises(OperatorError, match="is not a plan"):
        open_plan(plan_file)


@pytest.mark.usefixtures("aws")
def test_a_plan_for_another_account_is_refused(plan_file: Path, rewrite: Rewrite) -> None:
    change_manifest(rewrite, account_id="210987654321")
    with pytest.raises(OperatorError, match=f"210987654321.*{ACCOUNT}"):
        open_plan(plan_file)


def test_a_plan_for_another_target_is_refused_and_named(plan_file: Path) -> None:
    with pytest.raises(OperatorError, match="for aws, not for ministack") as refused:
        open_plan(plan_file, DeploymentTarget.ministack)
    assert "--target aws" in refused.value.next_step


@pytest.mark.usefixtures("aws")
def test_a_plan_for_another_state_is_refused(plan_file: Path, backend: Callable[[dict[str, Any]], None]) -> None:
    backend(replace_setting(S3, key="test"))
    with pytest.raises(OperatorError, match=r"key=prod.*key=test"):
        open_plan(plan_file)


@pytest.mark.usefixtures("aws")
def test_a_plan_for_a_state_on_another_machine_is_refused(
    tmp_path: Path, plan_file: Path, backend: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend({"type": "local", "config": {"path": "/home/anna/.rekbridge/deployments/prod-1234/terraform.tfstate"}})
    terraform = Terraform(tmp_path / "other" / "prod-1234", dict(os.environ), {"target": "aws"})
    terraform.reinit()
    plan_files.write_plan_file(plan_file, terraform, PlannedChanges.from_document(build_document()), ACCOUNT)
    open_plan(plan_file)
    monkeypatch.setattr(plan_files, "_read_machine_id", lambda: "another")
    with pytest.raises(OperatorError, match="machine=another"):
        open_plan(plan_file)


@pytest.mark.parametrize("folder", ["../../../elsewhere", "..", ".", "", "/etc", "a/b", "a\\b"])
def test_a_folder_outside_of_the_deployments_is_refused(
    aws: Aws, folder: str, plan_file: Path, rewrite: Rewrite
) -> None:
    change_manifest(rewrite, folder=folder)
    with pytest.raises(OperatorError, match="is not the name of a folder"):
        open_plan(plan_file)


def forge(rewrite: Rewrite, name: str, content: bytes) -> None:
    """Put a file in a plan file, and its digest in the manifest."""
    rewrite(name, lambda _: content)

    def add(manifest: bytes) -> bytes:
        document = json.loads(manifest)
        document["files"][name] = hashlib.sha256(content).hexdigest()
        return json.dumps(document).encode()

    rewrite(plan_files.MANIFEST, add)


@pytest.mark.parametrize(
    "name",
    [
        "terraform.tfstate",
        "data/terraform.tfstate",
        "tree/terraform/terraform.tfstate",
        "tree/terraform/terraform.tfstate.backup",
        "tree/../terraform.tfstate",
        "/tmp/any",
        "tree",
        "deployment.json",
    ],
)
def test_a_file_that_does_not_belong_in_it_is_refused(aws: Aws, name: str, plan_file: Path, rewrite: Rewrite) -> None:
    forge(rewrite, name, b"any")
    with pytest.raises(OperatorError, match="does not belong in it"):
        open_plan(plan_file)


@pytest.mark.parametrize(
    "name", ["tree/terraform/evil.tf", "tree/modules/home/evil_override.tf", "tree/terraform/main.tf"]
)
def test_another_configuration_than_the_installed_one_replaces_nothing(
    aws: Aws, name: str, plan_file: Path, rewrite: Rewrite
) -> None:
    terraform = open_plan(plan_file)
    main = terraform.root / "main.tf"
    before = main.read_text()
    terraform.plan_file.write_bytes(b"an earlier plan")
    forge(rewrite, name, b"# any")
    with pytest.raises(OperatorError, match="another configuration than it says"):
        open_plan(plan_file)
    assert (main.read_text(), terraform.plan_file.read_bytes()) == (before, b"an earlier plan")
    assert {path.name for path in terraform.folder.iterdir()} == {"tree", "plan", "data", "deploy.lock"}


def replace_setting(document: dict[str, Any], **config: str) -> dict[str, Any]:
    return document | {"config": document["config"] | config}


@pytest.mark.parametrize(("target", "options"), [("aws", ""), ("ministack", "--target ministack ")])
def test_the_command_that_is_shown_applies_the_file_there(
    target: str, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terraform = Terraform(tmp_path, {}, {"target": target})
    planned = PlannedChanges.from_document(build_document())
    monkeypatch.setattr(commands, "prepare_deployment", lambda *_: (terraform, None))
    monkeypatch.setattr(commands, "open_deployment", lambda _: None)
    monkeypatch.setattr(commands, "_create_plan", lambda *_, **__: (planned, {}))
    monkeypatch.setattr(plan_files, "write_plan_file", lambda *_: None)
    commands.plan(DeploymentTarget(target), out_file=Path("my new.plan"))
    assert f"rekbridge deploy {options}--plan 'my new.plan'" in capsys.readouterr().out
