import os

import pytest
from rekbridge.emulator import LocalCloudSettings, servers
from rekbridge.support.paths import ROOT
from rekbridge.terraform import environment

SETTINGS = LocalCloudSettings(ROOT, emulator_port=4566, engine_port=4690)
EMULATOR = servers.build_environments(SETTINGS)["emulator"]


@pytest.fixture(autouse=True)
def operator_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nonexistent/terraformrc")


def test_terraform_for_an_account_gets_the_operators_profile() -> None:
    assert environment.build_account_environment()["AWS_PROFILE"] == "production"


def test_terraform_for_an_emulator_gets_no_profile() -> None:
    assert "AWS_PROFILE" not in environment.build_emulator_environment({"AWS_ENDPOINT_URL": SETTINGS.endpoint})


def test_a_missing_configuration_file_is_not_passed_on() -> None:
    assert "TF_CLI_CONFIG_FILE" not in environment.build_account_environment()


@pytest.mark.parametrize("name", ["TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_plan"])
def test_the_shell_does_not_lead_terraform_to_another_state(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "other")
    assert name not in environment.build_account_environment()
    assert name not in environment.build_emulator_environment({})


def test_terraform_for_an_emulator_keeps_our_own_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_apply", "-destroy")
    assert environment.build_emulator_environment({})["TF_CLI_ARGS_apply"] == environment.PARALLELISM


def test_terraform_collects_garbage_less_often_unless_the_operator_says_how_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    assert environment.build_isolated_environment()["GOGC"] == "400"
    monkeypatch.setenv("GOGC", "50")
    assert environment.build_isolated_environment()["GOGC"] == "50"


def test_functions_get_nothing_of_the_operators_environment() -> None:
    shared = {name for name, value in EMULATOR.items() if os.environ.get(name) == value}
    assert shared <= {"LANG", "PATH"}


def test_functions_get_the_url_of_the_local_rekognition() -> None:
    assert EMULATOR["AWS_ENDPOINT_URL_REKOGNITION"] == SETTINGS.engine_url


def test_the_emulator_listens_on_this_machine_only() -> None:
    assert EMULATOR["BIND_HOST"] == "127.0.0.1"
