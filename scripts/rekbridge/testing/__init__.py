"""pytest fixtures for whoever tests against a deployed Rekbridge: a private cloud, a stack on it, its Rekognition.

Import them and `pytest_addoption` into your conftest.py. `rekbridge_variables` is yours to replace: what is deployed.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from rekbridge import deployment
from rekbridge.cloud import LocalCloud, Target
from rekbridge.records.library import Story
from rekbridge.testing.rekognition import Call, Rekognition
from rekbridge.testing.stack import Stack
from rekbridge.testing.waiting import until

__all__ = [
    "Call",
    "Rekognition",
    "Stack",
    "Story",
    "Target",
    "pytest_addoption",
    "rekbridge_cloud",
    "rekbridge_stack",
    "rekbridge_target",
    "rekbridge_variables",
    "rekognition",
    "until",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--target`."""
    parser.addoption(
        "--target", type=Target, choices=list(Target), default=Target.ministack, help="what answers as AWS"
    )


@pytest.fixture(scope="session")
def rekbridge_target(pytestconfig: pytest.Config) -> Target:
    """What answers as AWS."""
    return Target(pytestconfig.getoption("--target"))


@pytest.fixture(scope="session")
def rekbridge_cloud(rekbridge_target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """An emulator and a local Rekognition on free ports; they end with the test process, however that dies."""
    with LocalCloud.private(tmp_path_factory.mktemp("cloud"), target=rekbridge_target) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """Terraform variables of the stack."""
    return deployment.LOCAL


@pytest.fixture(scope="session")
def rekbridge_stack(rekbridge_cloud: LocalCloud, rekbridge_variables: dict[str, Any]) -> Stack:
    """Both regions, applied once for the session by the real Terraform; it is not destroyed, it goes with its cloud."""
    return Stack.apply(rekbridge_cloud, rekbridge_variables)


@pytest.fixture
def rekognition(rekbridge_cloud: LocalCloud) -> Iterator[Rekognition]:
    """Faults for, and calls of, the local Rekognition; before and after each test there are none."""
    control = Rekognition(rekbridge_cloud.control_url)
    control.clear()
    yield control
    control.clear()
