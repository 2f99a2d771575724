import os

import pytest
from rekbridge.emulator import Plan, servers
from rekbridge.support.paths import ROOT
from rekbridge.terraform import environment

PLAN = Plan(ROOT, emulator_port=4566, engine_port=4690)
EMULATOR = servers.environments(PLAN)["emulator"]


@pytest.fixture(autouse=True)
def an_operators_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nonexistent/terraformrc")


def test_an_accounts_terraform_has_the_operators_profile() -> None:
    assert environment.of_account()["AWS_PROFILE"] == "production"


def test_an_emulators_terraform_knows_no_profile() -> None:
    assert "AWS_PROFILE" not in environment.of_emulator({"AWS_ENDPOINT_URL": PLAN.endpoint})


def test_a_configuration_file_that_is_not_there_is_not_passed_on() -> None:
    assert "TF_CLI_CONFIG_FILE" not in environment.of_account()


def test_functions_see_nothing_of_the_operators_environment() -> None:
    shared = {name for name, value in EMULATOR.items() if os.environ.get(name) == value}
    assert shared <= {"LANG", "PATH"}


def test_functions_find_the_local_rekognition() -> None:
    assert EMULATOR["AWS_ENDPOINT_URL_REKOGNITION"] == PLAN.engine


def test_the_emulator_listens_on_this_machine_only() -> None:
    assert EMULATOR["BIND_HOST"] == "127.0.0.1"
