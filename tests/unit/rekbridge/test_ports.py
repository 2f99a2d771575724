import os
import socket
from collections.abc import Iterator

import pytest
from rekbridge.cli import app
from rekbridge.emulator import LocalCloudSettings, launch, ports
from rekbridge.support.errors import OperatorError
from rekbridge.support.paths import ROOT
from typer.testing import CliRunner


@pytest.fixture
def used_port() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_on_which_a_process_listens_is_not_free(used_port: int) -> None:
    assert not ports.is_free(used_port)


def test_a_port_is_free_again_after_its_listener_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ports.is_free(port)


def test_the_process_that_listens_on_a_port_is_found(used_port: int) -> None:
    process = ports.find_listener(used_port)
    assert process is not None
    assert process.pid == os.getpid()
    assert "python" in process.command


def test_no_process_listens_on_a_free_port() -> None:
    assert ports.find_listener(ports.find_free_pair()[0]) is None


def test_a_free_pair_has_two_different_free_ports() -> None:
    first, second = ports.find_free_pair()
    assert first != second
    assert ports.is_free(first)
    assert ports.is_free(second)


def test_a_used_port_is_refused_with_its_number_its_process_and_a_next_step(used_port: int) -> None:
    with pytest.raises(OperatorError) as refusal:
        launch.check_ports_free(
            LocalCloudSettings(ROOT, emulator_port=used_port, engine_port=ports.find_free_pair()[0])
        )
    assert f"Port {used_port}" in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert f"--port {used_port + 1}" in refusal.value.next_step


@pytest.mark.parametrize("command", [["cloud", "up"], ["demo"]])
@pytest.mark.parametrize("option", ["--port", "--engine-port"])
def test_a_port_number_out_of_range_is_refused(command: list[str], option: str) -> None:
    done = CliRunner().invoke(app, [*command, option, "65536"])
    assert done.exit_code == 2
    assert f"'{option}'" in done.output
