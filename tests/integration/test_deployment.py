"""The deployment as a whole: a second plan has no changes, and destroy leaves nothing."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from rekbridge.deploy import named_resources, removal
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.messages import ShowProgress
from rekbridge.testing import EmulatorTarget, Stack

from tests.integration.sample_images import make_image

DRIFT = Path(__file__).with_name("drift.json")
# Ten times what it takes: on a busy machine only a destroy that never ends shall fail.
DESTROY_TIMEOUT_S = 600
# The soak benchmark bucket_emptying has 10,000: putting so many takes most of a minute.
OBJECTS = 2_000
# What a URL, XML or a path would change. Neither emulator lists a key with a control character.
ODD_KEYS = [
    "1+1 = 2.jpg",
    "100%.jpg",
    "%2B%20%.jpg",
    " spaces ",
    "ü 日本 🖼",
    "new\nline",
    "tab\t",
    "<&>\"'",
    "a//b/../c",
]
# Of about 100: the buckets are still there.
KILLED_AT_RESOURCE = 10


def test_a_second_plan_has_only_the_changes_in_the_allow_list(stack: Stack, rekbridge_target: EmulatorTarget) -> None:
    rows = [row for row in json.loads(DRIFT.read_text()) if row["target"] == rekbridge_target]

    planned_changes = {change for planned in stack.terraform.plan() for change in list_changes(planned)}
    assert planned_changes == {(row["resource"], row["attribute"]) for row in rows}


def test_uploads_and_api_divide_every_quota_alike(stack: Stack) -> None:
    functions, names = stack.client("lambda"), stack.deployed.outputs["functions"]
    rows = [functions.get_function_configuration(FunctionName=names[name]) for name in ("analyze", "api")]
    assert [row["Environment"]["Variables"]["WORKER_SHARE"] for row in rows] == ["0.5", "0.5"]


def test_a_deployment_that_is_not_ephemeral_is_refused_and_left_as_it_is(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_state = Terraform.read_state

    def read_protected(terraform: Terraform) -> dict[str, Any]:
        state = read_state(terraform)
        state["values"]["outputs"]["deployment"]["value"]["ephemeral"] = False
        return state

    monkeypatch.setattr(Terraform, "read_state", read_protected)
    with pytest.raises(OperatorError, match="Nothing was removed") as refusal:
        removal.remove_deployment(stack.terraform, lambda *_: None)
    assert f"table {stack.deployed.get_table('library')} ({stack.deployed.home}): " in str(refusal.value)
    assert {get_mapping_state(stack, uuid) for uuid in stack.deployed.outputs["mappings"].values()} == {"Enabled"}


def test_ephemeral_is_changed_in_place(stack: Stack) -> None:
    protected = replace(stack.terraform, variables={**stack.terraform.variables, "ephemeral": False})
    changes = [(change["type"], *change["change"]["actions"]) for change in protected.plan()]
    assert set(changes) == {
        ("aws_s3_bucket", "update"),
        ("aws_dynamodb_table", "update"),
        ("aws_kms_key", "update"),
        ("aws_secretsmanager_secret", "update"),
    }


@pytest.mark.last
def test_destroy_is_taken_up_after_terraform_was_killed(stack: Stack, owner: str) -> None:
    stack.wait_until_settled(stack.upload(f"{owner}/1+1 = 2.jpg", make_image(owner)))
    fill_buckets(stack)

    outcome = start_destroying(stack, kill_terraform_at(KILLED_AT_RESOURCE, stack.terraform))
    assert outcome.get(timeout=DESTROY_TIMEOUT_S).startswith("Terraform failed")
    # The names of the buckets are not in the outputs any more.
    assert stack.terraform.read_outputs() == {}
    assert list_keys(stack, "staging") == []


@pytest.mark.last
def test_destroy_ends_and_leaves_no_resource_with_our_prefix(stack: Stack) -> None:
    # After the destroy that was killed: what came late is deleted too, and does not make Terraform retry for ever.
    for name in ("staging", "media"):
        put_objects(stack, name, ["late/1+1 = 2 %.jpg"])

    outcome = start_destroying(stack)
    assert outcome.get(timeout=DESTROY_TIMEOUT_S).startswith("0 added, 0 changed")
    deployed = stack.deployed
    assert (
        named_resources.list_named_resources(
            deployed.client, deployed.outputs["prefix"], deployed.home, deployed.remote
        )
        == []
    )


def fill_buckets(stack: Stack) -> None:
    """Put thousands of objects into the media bucket, odd keys and versions too, and leftovers into staging."""
    media, staging = stack.deployed.get_bucket("media"), stack.deployed.get_bucket("staging")
    # Not to have them analysed: INGEST would be at work for an hour.
    stack.client("s3").put_bucket_notification_configuration(Bucket=media, NotificationConfiguration={})
    put_objects(stack, "media", [f"many/{number} +%.jpg" for number in range(OBJECTS)])
    put_objects(stack, "media", ODD_KEYS)
    put_objects(stack, "media", ODD_KEYS)
    stack.client("s3").delete_object(Bucket=media, Key=ODD_KEYS[0])
    put_objects(stack, "staging", ["leftover"])
    for bucket, region in ((media, stack.deployed.home), (staging, stack.deployed.remote)):
        stack.client("s3", region).create_multipart_upload(Bucket=bucket, Key="unfinished")


def put_objects(stack: Stack, name: str, keys: list[str]) -> None:
    region = stack.deployed.remote if name == "staging" else stack.deployed.home
    s3, bucket = stack.client("s3", region), stack.deployed.get_bucket(name)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b"any"), keys))


def list_keys(stack: Stack, name: str) -> list[str]:
    """The keys in a bucket."""
    region = stack.deployed.remote if name == "staging" else stack.deployed.home
    page = stack.client("s3", region).list_objects_v2(Bucket=stack.deployed.get_bucket(name))
    return [row["Key"] for row in page.get("Contents", [])]


def get_mapping_state(stack: Stack, uuid: str) -> str:
    return str(stack.client("lambda").get_event_source_mapping(UUID=uuid)["State"])


def start_destroying(stack: Stack, show: ShowProgress = lambda *_: None) -> SimpleQueue[str]:
    """Destroy in a thread. Returns where Terraform's summary of changes will be, or its error."""
    outcome: SimpleQueue[str] = SimpleQueue()
    # A daemon thread: if Terraform retries forever, it must not keep the test process alive.
    Thread(target=lambda: outcome.put(destroy(stack, show)), daemon=True).start()
    return outcome


def destroy(stack: Stack, show: ShowProgress) -> str:
    """Terraform's summary of changes, or its error."""
    try:
        return str(removal.remove_deployment(stack.terraform, show))
    except OperatorError as why:
        return str(why)


def kill_terraform_at(resource: int, terraform: Terraform) -> ShowProgress:
    """Kill Terraform, by kill -9, when it has deleted so many resources."""

    def kill(_: str, completed: int, __: int) -> None:
        if completed == resource:
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                # The wrapper that set the death signal has become Terraform.
                if f"-chdir={terraform.root}" in read_command(process):
                    os.kill(int(process.parent.name), signal.SIGKILL)

    return kill


def read_command(cmdline: Path) -> list[str]:
    """The command line of a process; nothing if it has ended."""
    try:
        return cmdline.read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


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
