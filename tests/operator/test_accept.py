"""`rekbridge accept` on MiniStack: a whole trial, and one that is killed half-way."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accept_command import TIMEOUT_S, Operator, assert_accepted, run_local_cloud


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    with run_local_cloud(tmp_path_factory.mktemp("operator"), "ministack") as operator:
        yield operator


def test_a_trial_on_ministack_is_accepted_and_leaves_nothing(operator: Operator) -> None:
    assert_accepted(operator)


# How a list of what is left names a resource of a type, and the attribute with the name.
LISTED = {
    "aws_s3_bucket": ("s3", "bucket"),
    "aws_dynamodb_table": ("dynamodb", "name"),
    "aws_iam_role": ("iam", "name"),
}


def read_names(state: Path) -> list[str]:
    """The buckets, tables and roles that Terraform's state has, as a list of what is left names them."""
    text = state.read_text() if state.exists() else ""
    try:
        resources = json.loads(text)["resources"]
    except json.JSONDecodeError:
        # Terraform is writing it, or has not begun.
        return []
    return [
        f" {LISTED[resource['type']][0]}: {instance['attributes'][LISTED[resource['type']][1]]}"
        for resource in resources
        if resource["type"] in LISTED
        for instance in resource["instances"]
    ]


def is_half_way(state: Path) -> bool:
    """Whether the state has a resource of each type whose name can be looked for."""
    names = read_names(state)
    return all(any(name.startswith(f" {kind}: ") for name in names) for kind, _ in LISTED.values())


# A minute: in CI, tests/unit/rekbridge/test_state_recovery.py has the moments in which a kill may fall.
@pytest.mark.soak
def test_a_trial_that_is_killed_half_way_is_removed_but_for_what_is_named(operator: Operator) -> None:
    """An interrupted provider does not learn what AWS made of its last calls: the state cannot have that."""
    state = operator.home / "cloud" / "acceptance" / "terraform.tfstate"
    with operator.start("accept", "--target", "ministack") as killed:
        deadline = time.monotonic() + TIMEOUT_S
        while not is_half_way(state):
            assert killed.poll() is None, killed.stdout and killed.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        killed.kill()

    code, output = operator.accept()
    assert (code, "was not removed" in output, "--clean" in output) == (1, True, True)
    prefix = json.loads(state.with_name("trial.json").read_text())["prefix"]
    recorded = read_names(state)
    assert recorded
    code, output = operator.accept("--clean")
    left = operator.list_named(prefix)
    assert [name for name in recorded if any(line.endswith(name) for line in left)] == []
    # The screen breaks lines at spaces.
    assert [line for line in left if line not in " ".join(output.split())] == []
    assert (code == 0, operator.list_trial_files() == ["deploy.lock"]) == (not left, not left), output
