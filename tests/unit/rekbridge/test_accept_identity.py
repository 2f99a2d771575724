"""A trial cannot touch the operator's deployment: its prefix, its folder and its state are its own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from rekbridge.deploy import preflight
from rekbridge.deploy.targets import DeploymentTarget
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import environment, tree
from rekbridge.testing.acceptance import preparing
from rekbridge.testing.acceptance.identity import TrialIdentity, choose_identity
from rekbridge.testing.acceptance.preparing import TrialTarget, build_trial_variables, prepare_trial
from rekbridge.testing.acceptance.trial_terraform import TrialTerraform

from tests.unit.rekbridge.aws_account import SETTINGS

IDENTITY = TrialIdentity("rekbridge-acc-0a1b2c", "123456789012", "eu-west-3", "eu-west-1")
OTHERS_STATE = 'terraform {\n  backend "s3" {\n    bucket = "prod"\n    key = "state"\n  }\n}\n'


@pytest.mark.parametrize("prefix", ["rekbridge", "abc", "a-very-long-prefix-20", "photos-12-x"])
def test_a_prefix_is_valid_begins_as_the_operators_and_is_new(prefix: str) -> None:
    prefixes = {TrialIdentity.create(prefix, "1", "h", "r").prefix for _ in range(20)}
    assert len(prefixes) == 20
    for one in prefixes:
        assert one != prefix
        assert 3 <= len(one) <= 20
        assert "--" not in one
        assert one.startswith(prefix[:3])


def test_an_identity_is_remembered_in_a_folder_of_its_owner_only(tmp_path: Path) -> None:
    assert choose_identity(tmp_path, IDENTITY, clean=False) == IDENTITY
    IDENTITY.remember(tmp_path)
    assert TrialIdentity.load(tmp_path) == IDENTITY
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_an_earlier_trial_is_in_the_way_until_it_is_removed(tmp_path: Path) -> None:
    IDENTITY.remember(tmp_path)
    with pytest.raises(OperatorError, match=IDENTITY.prefix) as refused:
        choose_identity(tmp_path, replace(IDENTITY, prefix="other"), clean=False)
    assert "--clean" in refused.value.next_step
    assert TrialIdentity.load(tmp_path) == IDENTITY


def test_cleaning_uses_the_remembered_prefix(tmp_path: Path) -> None:
    IDENTITY.remember(tmp_path)
    assert choose_identity(tmp_path, replace(IDENTITY, prefix="new"), clean=True) == IDENTITY


def test_there_may_be_nothing_to_clean(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no trial"):
        choose_identity(tmp_path, IDENTITY, clean=True)


def test_a_trial_is_not_cleaned_with_credentials_of_another_account(tmp_path: Path) -> None:
    IDENTITY.remember(tmp_path)
    with pytest.raises(OperatorError, match="another account"):
        choose_identity(tmp_path, replace(IDENTITY, account_id="999999999999"), clean=True)


def copy_root(folder: Path, **files: str) -> None:
    root = folder / "terraform"
    root.mkdir(parents=True)
    (root / "main.tf").write_text('output "deployment" {\n  value = null\n}\n')
    for name, text in files.items():
        (root / f"{name}.tf").write_text(text)


@pytest.mark.parametrize("override", ["backend_override", "override", "team_override"])
def test_its_state_is_local_whatever_backend_the_operator_uses(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, override: str
) -> None:
    monkeypatch.setattr(tree, "copy_configuration", lambda into: copy_root(into, **{override: OTHERS_STATE}))
    tfvars = tmp_path / "team" / "my.tfvars"
    tfvars.parent.mkdir()
    tfvars.write_text("")
    tfvars.with_name("backend_override.tf").write_text(OTHERS_STATE)
    terraform = TrialTerraform(tmp_path / "trial", environment.build_isolated_environment(), {}, tfvars)
    terraform.init()
    backend = json.loads((tmp_path / "trial" / "data" / "terraform.tfstate").read_text())["backend"]
    assert (backend["type"], backend["config"]["path"]) == ("local", str(tmp_path / "trial" / "terraform.tfstate"))


@pytest.fixture
def target(tmp_path: Path, tfvars: Path) -> TrialTarget:
    """An account, and a tfvars file."""
    settings = {"prefix": "photos", "home": "eu-west-3", "remote": "eu-west-1", "operations": ["text"]}
    variables = {"target": "aws", "account_id": IDENTITY.account_id}
    any_credentials: Any = None
    return TrialTarget(
        tmp_path / "trial", {}, lambda *_: None, any_credentials, IDENTITY.account_id, settings, variables,
        frozenset(), tfvars=tfvars,
    )  # fmt: skip


@pytest.mark.parametrize("clean", [False, True])
def test_its_variables_override_the_operators_prefix_protection_and_alarms(
    target: TrialTarget, home: Path, monkeypatch: pytest.MonkeyPatch, clean: bool
) -> None:
    monkeypatch.setattr(preparing, "build_packages", lambda *_: None)
    checked: list[preflight.DeploymentSettings] = []
    monkeypatch.setattr(preflight, "read_settings", lambda *_: SETTINGS)

    def check_account(settings: preflight.DeploymentSettings, *_: object) -> dict[str, int]:
        checked.append(settings)
        return {"account_concurrency": 500}

    monkeypatch.setattr(preflight, "check_account", check_account)
    monkeypatch.setattr(TrialTerraform, "init", lambda _: None)
    if clean:
        replace(IDENTITY, prefix="photos-acc-9f9f9f").remember(target.folder)
    trial = prepare_trial(target, "arm64", clean, lambda _: None)
    variables = trial.terraform.variables
    assert variables["prefix"] == trial.identity.prefix != "photos"
    assert (variables["ephemeral"], variables["alarm_topics"], variables["target"]) == (True, {}, "aws")
    assert variables["account_id"] == IDENTITY.account_id
    assert (trial.terraform.folder, trial.terraform.tfvars) == (target.folder, target.tfvars)
    assert (trial.identity.prefix == "photos-acc-9f9f9f") == clean
    assert [settings.prefix for settings in checked] == ([] if clean else [trial.identity.prefix])
    assert TrialIdentity.load(target.folder) == trial.identity


def test_a_trial_that_could_not_be_prepared_is_not_in_the_way_of_the_next(
    target: TrialTarget, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> dict[str, int]:
        raise OperatorError("API Gateway has no logging role.", "Set it.")

    monkeypatch.setattr(preflight, "read_settings", lambda *_: SETTINGS)
    monkeypatch.setattr(preflight, "check_account", refuse)
    with pytest.raises(OperatorError, match="logging role"):
        prepare_trial(target, "arm64", False, lambda _: None)
    assert TrialIdentity.load(target.folder) is None


def test_a_trial_on_an_account_needs_the_operators_variables(home: Path) -> None:
    with pytest.raises(OperatorError, match="needs a file with your variables"):
        preparing.find_target(DeploymentTarget.aws, None)


def test_a_trial_needs_the_local_rekognition(home: Path) -> None:
    with pytest.raises(OperatorError, match="local Rekognition") as refused:
        preparing.find_target(DeploymentTarget.localstack, None)
    assert "rekbridge cloud up" in refused.value.next_step


class RoleSession:
    """The operator's credentials: a role that is assumed."""

    def get_credentials(self) -> object:
        return object()

    def client(self, service: str, region_name: str) -> Any:
        assert (service, region_name) == ("sts", "eu-west-3")
        return self

    def get_caller_identity(self) -> dict[str, str]:
        arn = "arn:aws:sts::123456789012:assumed-role/team/deployer/anna.berg"
        return {"Account": "123456789012", "Arn": arn, "UserId": "AROADBQP57FF2AEXAMPLE:anna.berg"}


def test_what_names_the_operator_is_kept_out_of_transcripts_and_two_files_have_two_folders(
    tfvars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "Session", RoleSession)
    monkeypatch.setenv("AWS_PROFILE", "prod-sso")
    found = preparing.find_target(DeploymentTarget.aws, tfvars)
    assert {"123456789012", "anna.berg", "deployer", "team", "prod-sso"} <= found.names
    assert found.settings == {"prefix": "rekbridge", "home": "eu-west-3", "remote": "eu-west-1", "operations": ["text"]}

    monkeypatch.setattr(preparing, "evaluate_expression", lambda *_: found.settings)
    other = tfvars.parent / "other" / tfvars.name
    other.parent.mkdir()
    other.write_text(tfvars.read_text())
    assert preparing.find_target(DeploymentTarget.aws, other).folder != found.folder


def test_a_trial_keeps_its_prefix_and_regions_whatever_the_file_says_by_now() -> None:
    variables = build_trial_variables(IDENTITY)
    assert (variables["prefix"], variables["home_region"], variables["remote_region"]) == (
        IDENTITY.prefix,
        IDENTITY.home,
        IDENTITY.remote,
    )
