import os
import socket
from collections.abc import Iterator

import pytest
from rekbridge.cli import app
from rekbridge.emulator import Plan, launch, ports
from rekbridge.support.errors import OperatorError
from rekbridge.support.paths import ROOT
from typer.testing import CliRunner


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not ports.is_free(taken)


def test_a_port_is_free_again_when_its_listener_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ports.is_free(port)


def test_the_holder_of_a_port_is_found(taken: int) -> None:
    found = ports.holder(taken)
    assert found is not None
    assert found.pid == os.getpid()
    assert "python" in found.command


def test_a_free_port_has_no_holder() -> None:
    assert ports.holder(ports.free_pair()[0]) is None


def test_private_ports_differ_and_are_free() -> None:
    first, second = ports.free_pair()
    assert first != second
    assert ports.is_free(first)
    assert ports.is_free(second)


def test_a_taken_port_is_refused_with_its_number_holder_and_a_way_out(taken: int) -> None:
    with pytest.raises(OperatorError) as refusal:
        launch.refuse_taken(Plan(ROOT, emulator_port=taken, engine_port=ports.free_pair()[0]))
    assert f"Port {taken}" in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert f"--port {taken + 1}" in refusal.value.next_step


@pytest.mark.parametrize("command", [["cloud", "up"], ["demo"]])
@pytest.mark.parametrize("option", ["--port", "--engine-port"])
def test_a_port_that_no_machine_has_is_refused(command: list[str], option: str) -> None:
    done = CliRunner().invoke(app, [*command, option, "65536"])
    assert done.exit_code == 2
    assert f"'{option}'" in done.output
