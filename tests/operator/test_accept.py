"""`rekbridge accept` on MiniStack: a whole trial, and one that is killed half-way."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accept_command import TIMEOUT_S, Operator, assert_accepted, run_local_cloud

ENOUGH_RESOURCES = 20


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    with run_local_cloud(tmp_path_factory.mktemp("operator"), "ministack") as operator:
        yield operator


def test_a_trial_on_ministack_is_accepted_and_leaves_nothing(operator: Operator) -> None:
    assert_accepted(operator)


def count_resources(state: Path) -> int:
    return state.read_text().count('"mode": "managed"') if state.exists() else 0


def test_a_trial_that_is_killed_half_way_is_cleaned(operator: Operator) -> None:
    state = operator.home / "cloud" / "acceptance" / "terraform.tfstate"
    with operator.start("accept", "--target", "ministack") as killed:
        deadline = time.monotonic() + TIMEOUT_S
        while count_resources(state) < ENOUGH_RESOURCES:
            assert killed.poll() is None, killed.stdout and killed.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        killed.kill()

    code, output = operator.accept()
    assert (code, "was not removed" in output, "--clean" in output) == (1, True, True)
    code, output = operator.accept("--clean")
    assert code == 0, output
    assert operator.list_trial_files() == ["deploy.lock"]
