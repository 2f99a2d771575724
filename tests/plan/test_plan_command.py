"""`rekbridge plan` and `rekbridge deploy` for an account, as an operator runs them, against a local AWS."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rekbridge.cli import app
from rekbridge.deploy import account_folders, deployment, plan_files, preflight
from typer.testing import CliRunner, Result

from tests.plan.conftest import EXAMPLE, FUNCTIONS
from tests.plan.fake_aws import ACCOUNT, FakeAws, serve_aws


@pytest.fixture(autouse=True)
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An account that lacks nothing, and packages that are built at once."""

    def build_packages(_: str, into: Path) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for name in FUNCTIONS:
            zipfile.ZipFile(into / f"{name}.zip", "w").close()

    monkeypatch.setenv("REKBRIDGE_HOME", str(tmp_path / "home"))
    for name in account_folders.CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(deployment, "build_packages", build_packages)
    monkeypatch.setattr(preflight, "check_account", lambda *_, **__: {"account_concurrency": 1000})
    with serve_aws() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def tfvars(tmp_path: Path) -> Path:
    file = tmp_path / "my.tfvars"
    file.write_text(f'{EXAMPLE.read_text()}\naccount_id = "{ACCOUNT}"\n')
    return file


def run(*arguments: object, answer: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=answer)


def test_a_plan_is_saved_for_its_account_and_nothing_is_applied_without_a_yes(tfvars: Path, tmp_path: Path) -> None:
    file = tmp_path / "my.plan"
    planned = run("plan", "--tfvars", tfvars, "--out", file, "--detailed-exitcode")
    assert (planned.exit_code, f"rekbridge deploy --plan {file}" in planned.output) == (2, True), planned.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    manifest = plan_files.read_manifest(file)
    assert (manifest.account_id, manifest.prefix, manifest.target) == (ACCOUNT, "rekbridge", "aws")
    assert {name for name in manifest.files if name.endswith(".zip")} == {f"tree/packages/{n}.zip" for n in FUNCTIONS}

    refused = run("deploy", "--plan", file, answer="n\n")
    assert (refused.exit_code, "Apply exactly this?" in refused.output) == (1, True), refused.output
    folder = account_folders.get_folder(tfvars, ACCOUNT)
    assert not (folder / "terraform.tfstate").exists()


def test_a_plan_and_variables_together_are_refused(tfvars: Path, tmp_path: Path) -> None:
    (tmp_path / "my.plan").touch()
    refused = run("deploy", "--plan", tmp_path / "my.plan", "--tfvars", tfvars)
    assert (refused.exit_code, "has its variables in it" in refused.output) == (1, True)


def test_another_account_is_refused_before_anything_is_planned(tfvars: Path, aws: FakeAws) -> None:
    tfvars.write_text(tfvars.read_text().replace(f'account_id = "{ACCOUNT}"', 'account_id = "210987654321"'))
    refused = run("plan", "--tfvars", tfvars)
    assert (refused.exit_code, "210987654321" in refused.output, aws.requested) == (1, True, ["GetCallerIdentity"])
