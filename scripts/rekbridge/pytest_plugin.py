"""Rekbridge's pytest plugin: fixtures for tests against a deployed stack, and the option `--target`.

Every pytest run in an environment with Rekbridge loads this file. Therefore everything else is imported only when a
test uses a fixture. Override `rekbridge_variables` to choose what is deployed.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rekbridge.emulator import EmulatorTarget, LocalCloud
    from rekbridge.testing import LocalRekognition, Stack

# The values of rekbridge.emulator.EmulatorTarget, which is slow to import.
TARGETS = ("ministack", "localstack")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--target`."""
    group = parser.getgroup("rekbridge", "tests against a deployed Rekbridge")
    group.addoption("--target", choices=TARGETS, default="ministack", help="the emulator that stands in for AWS")


@pytest.fixture(scope="session")
def rekbridge_target(pytestconfig: pytest.Config) -> "EmulatorTarget":
    """The emulator that stands in for AWS."""
    from rekbridge.emulator import EmulatorTarget

    return EmulatorTarget(pytestconfig.getoption("--target"))


@pytest.fixture(scope="session")
def rekbridge_cloud(
    rekbridge_target: "EmulatorTarget", tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[LocalCloud]":
    """An emulator and a local Rekognition on free ports. They stop when the test process ends in any way."""
    from rekbridge.emulator import LocalCloud

    with LocalCloud.start_private(tmp_path_factory.mktemp("cloud"), target=rekbridge_target) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """The stack's Terraform variables. Override this fixture to change them."""
    from rekbridge.deploy.deployment import LOCAL_VARIABLES

    return LOCAL_VARIABLES


@pytest.fixture(scope="session")
def rekbridge_stack(rekbridge_cloud: "LocalCloud", rekbridge_variables: dict[str, Any]) -> "Stack":
    """Both regions, applied once per session by Terraform. It is not destroyed: its cloud is deleted with it."""
    from rekbridge.testing import Stack

    return Stack.apply(rekbridge_cloud, rekbridge_variables)


@pytest.fixture
def rekognition(rekbridge_cloud: "LocalCloud") -> "Iterator[LocalRekognition]":
    """The local Rekognition: adds faults and lists calls. It is reset before and after each test."""
    from rekbridge.testing import LocalRekognition

    local_rekognition = LocalRekognition(rekbridge_cloud.control_url)
    local_rekognition.reset()
    yield local_rekognition
    local_rekognition.reset()
