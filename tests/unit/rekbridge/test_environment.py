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


def test_functions_get_nothing_of_the_operators_environment() -> None:
    shared = {name for name, value in EMULATOR.items() if os.environ.get(name) == value}
    assert shared <= {"LANG", "PATH"}


def test_functions_get_the_url_of_the_local_rekognition() -> None:
    assert EMULATOR["AWS_ENDPOINT_URL_REKOGNITION"] == SETTINGS.engine_url


def test_the_emulator_listens_on_this_machine_only() -> None:
    assert EMULATOR["BIND_HOST"] == "127.0.0.1"
