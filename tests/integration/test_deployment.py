"""The deployment as a whole: a second plan has no changes, and destroy leaves nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from rekbridge.deploy import named_resources, removal
from rekbridge.support.errors import OperatorError
from rekbridge.testing import EmulatorTarget, Stack

from tests.integration.sample_images import make_image

DRIFT = Path(__file__).with_name("drift.json")
DESTROY_TIMEOUT_S = 240


def test_a_second_plan_has_only_the_changes_in_the_allow_list(stack: Stack, rekbridge_target: EmulatorTarget) -> None:
    rows = [row for row in json.loads(DRIFT.read_text()) if row["target"] == rekbridge_target]

    planned_changes = {change for planned in stack.terraform.plan() for change in list_changes(planned)}
    assert planned_changes == {(row["resource"], row["attribute"]) for row in rows}


def test_uploads_and_api_divide_every_quota_alike(stack: Stack) -> None:
    functions, names = stack.client("lambda"), stack.deployed.outputs["functions"]
    rows = [functions.get_function_configuration(FunctionName=names[name]) for name in ("analyze", "api")]
    assert [row["Environment"]["Variables"]["WORKER_SHARE"] for row in rows] == ["0.5", "0.5"]


@pytest.mark.last
def test_destroy_ends_and_leaves_no_resource_with_our_prefix(stack: Stack, owner: str) -> None:
    stack.wait_until_settled(stack.upload(f"{owner}/1+1 = 2.jpg", make_image(owner)))

    outcome: SimpleQueue[str] = SimpleQueue()
    # A daemon thread: if Terraform retries forever, it must not keep the test process alive.
    Thread(target=lambda: outcome.put(destroy(stack)), daemon=True).start()
    assert outcome.get(timeout=DESTROY_TIMEOUT_S).startswith("0 added, 0 changed")
    deployed = stack.deployed
    assert (
        named_resources.list_named_resources(
            deployed.client, deployed.outputs["prefix"], deployed.home, deployed.remote
        )
        == []
    )


def destroy(stack: Stack) -> str:
    """Terraform's summary of changes, or its error."""
    try:
        return str(removal.remove_deployment(stack.terraform, lambda *_: None))
    except OperatorError as why:
        return str(why)


def list_changes(planned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The address and attribute of each planned change; the attribute is "*" for a created or deleted resource."""
    change = planned["change"]
    before, after, unknown = change["before"], change["after"], change["after_unknown"]
    if before is None or after is None:
        yield planned["address"], "*"
        return
    for name in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(name) is True or before.get(name) != after.get(name):
            yield planned["address"], name
