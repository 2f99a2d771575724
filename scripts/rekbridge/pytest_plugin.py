"""The pytest plugin that comes with Rekbridge: fixtures for tests against a deployed stack, and `--target`.

Every pytest in an environment with Rekbridge loads this file, so all that it needs is imported when a test asks for it.
`rekbridge_variables` is yours to replace: what is deployed.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rekbridge.emulator import LocalCloud, Target
    from rekbridge.testing import Rekognition, Stack

# Those of rekbridge.emulator.Target, which takes long to import.
TARGETS = ("ministack", "localstack")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--target`."""
    group = parser.getgroup("rekbridge", "tests against a deployed Rekbridge")
    group.addoption("--target", choices=TARGETS, default="ministack", help="what answers as AWS")


@pytest.fixture(scope="session")
def rekbridge_target(pytestconfig: pytest.Config) -> "Target":
    """What answers as AWS."""
    from rekbridge.emulator import Target

    return Target(pytestconfig.getoption("--target"))


@pytest.fixture(scope="session")
def rekbridge_cloud(rekbridge_target: "Target", tmp_path_factory: pytest.TempPathFactory) -> "Iterator[LocalCloud]":
    """An emulator and a local Rekognition on free ports; they end with the test process, however that dies."""
    from rekbridge.emulator import LocalCloud

    with LocalCloud.private(tmp_path_factory.mktemp("cloud"), target=rekbridge_target) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """Terraform variables of the stack."""
    from rekbridge.deploy.deployment import LOCAL

    return LOCAL


@pytest.fixture(scope="session")
def rekbridge_stack(rekbridge_cloud: "LocalCloud", rekbridge_variables: dict[str, Any]) -> "Stack":
    """Both regions, applied once for the session by the real Terraform; it is not destroyed, it goes with its cloud."""
    from rekbridge.testing import Stack

    return Stack.apply(rekbridge_cloud, rekbridge_variables)


@pytest.fixture
def rekognition(rekbridge_cloud: "LocalCloud") -> "Iterator[Rekognition]":
    """Faults for, and calls of, the local Rekognition; before and after each test there are none."""
    from rekbridge.testing import Rekognition

    control = Rekognition(rekbridge_cloud.control_url)
    control.clear()
    yield control
    control.clear()
