"""The emulators of a local cloud: which one is planned, what is started for it, what it keeps."""

from pathlib import Path

import pytest
from rekbridge.emulator import Plan, Target, servers
from rekbridge.emulator.emulators import EMULATORS, planned

GIVEN = "http://192.0.2.1:4566"


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("LOCALSTACK_ENDPOINT", GIVEN)
    return planned(tmp_path, Target.localstack, 4600, 4690)


@pytest.mark.parametrize("target", Target)
def test_a_plan_has_an_emulator_of_its_target(tmp_path: Path, target: Target) -> None:
    assert EMULATORS[planned(tmp_path, target, 4600, 4690).emulator].target is target


def test_a_localstack_that_is_given_is_used_where_it_is(given: Plan) -> None:
    assert given.endpoint == GIVEN


def test_beside_a_localstack_that_is_given_only_the_rekognition_is_started(given: Plan) -> None:
    commands = servers.commands(given)
    assert set(commands) == {"engine"}
    assert commands["engine"][commands["engine"].index("--s3-endpoint") + 1] == GIVEN


def test_the_rekognition_listens_where_a_given_localstack_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALSTACK_ENDPOINT", GIVEN)
    monkeypatch.setenv("LOCALSTACK_ENGINE", "http://172.17.0.1:4699")
    engine = servers.commands(planned(tmp_path, Target.localstack, 4600, 4690))["engine"]
    assert engine[engine.index("--host") :][:4] == ["--host", "172.17.0.1", "--port", "4699"]


def test_a_plan_comes_back_from_its_record(given: Plan) -> None:
    assert Plan(given.folder, **given.told()) == given


def test_only_ministack_keeps_a_state() -> None:
    assert {name for name, emulator in EMULATORS.items() if emulator.keeps is not None} == {"ministack"}


@pytest.mark.parametrize("emulator", ["ministack", "localstack"])
def test_servers_see_nothing_of_the_operators_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    environments = servers.environments(Plan(tmp_path, 4600, 4690, emulator=emulator))
    assert [name for name, told in environments.items() if "AWS_PROFILE" in told] == []
