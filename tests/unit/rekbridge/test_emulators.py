"""The emulators of a local cloud: which one is chosen, what is started for it, which state it saves."""

from pathlib import Path

import pytest
from rekbridge.emulator import EmulatorTarget, LocalCloudSettings, servers
from rekbridge.emulator.emulators import EMULATORS, build_settings

EXTERNAL = "http://192.0.2.1:4566"


@pytest.fixture
def external(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalCloudSettings:
    """Settings for a LocalStack that the user runs."""
    monkeypatch.setenv("LOCALSTACK_ENDPOINT", EXTERNAL)
    return build_settings(tmp_path, EmulatorTarget.localstack, 4600, 4690)


@pytest.mark.parametrize("target", EmulatorTarget)
def test_settings_have_an_emulator_of_their_target(tmp_path: Path, target: EmulatorTarget) -> None:
    assert EMULATORS[build_settings(tmp_path, target, 4600, 4690).emulator].target is target


def test_an_external_localstack_is_used_at_its_own_url(external: LocalCloudSettings) -> None:
    assert external.endpoint == EXTERNAL


def test_with_an_external_localstack_only_the_rekognition_is_started(external: LocalCloudSettings) -> None:
    commands = servers.build_commands(external)
    assert set(commands) == {"engine"}
    assert commands["engine"][commands["engine"].index("--s3-endpoint") + 1] == EXTERNAL


def test_the_rekognition_listens_where_an_external_localstack_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALSTACK_ENDPOINT", EXTERNAL)
    monkeypatch.setenv("LOCALSTACK_ENGINE", "http://172.17.0.1:4699")
    engine = servers.build_commands(build_settings(tmp_path, EmulatorTarget.localstack, 4600, 4690))["engine"]
    assert engine[engine.index("--host") :][:4] == ["--host", "172.17.0.1", "--port", "4699"]


def test_settings_can_be_restored_from_their_json(external: LocalCloudSettings) -> None:
    assert LocalCloudSettings(external.folder, **external.to_dict()) == external


def test_only_ministack_saves_a_state() -> None:
    assert {name for name, emulator in EMULATORS.items() if emulator.state_id is not None} == {"ministack"}


@pytest.mark.parametrize("emulator", ["ministack", "localstack"])
def test_servers_get_nothing_of_the_operators_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    environments = servers.build_environments(LocalCloudSettings(tmp_path, 4600, 4690, emulator=emulator))
    assert [name for name, environment in environments.items() if "AWS_PROFILE" in environment] == []


@pytest.mark.parametrize(("engine_host", "allowed"), [("127.0.0.1", False), ("172.17.0.1", True)])
def test_the_rekognition_answers_to_the_name_that_containers_use_only_where_they_reach_it(
    tmp_path: Path, engine_host: str, allowed: bool
) -> None:
    engine = servers.build_commands(LocalCloudSettings(tmp_path, 4600, 4690, engine_host=engine_host))["engine"]
    assert (engine[-2:] == ["--allow-host", "host.docker.internal"]) is allowed


def test_ministack_gets_the_pages_that_are_allowed(tmp_path: Path) -> None:
    origins = ["http://127.0.0.1:5174", "http://127.0.0.1:5173"]
    settings = build_settings(tmp_path, EmulatorTarget.ministack, 4600, 4690, allowed_origins=origins)
    assert servers.build_commands(settings)["emulator"][-2:] == sorted(origins)
