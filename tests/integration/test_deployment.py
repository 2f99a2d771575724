"""The deployment as a whole: planned again it changes nothing, destroyed it leaves nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from rekbridge.deploy import removal
from rekbridge.support.errors import OperatorError
from rekbridge.testing import Stack, Target

from tests.integration.pictures import picture

DRIFT = Path(__file__).with_name("drift.json")
DESTROY_PATIENCE_S = 240


def test_a_second_plan_changes_what_the_allow_list_names_and_nothing_else(
    stack: Stack, rekbridge_target: Target
) -> None:
    rows = [row for row in json.loads(DRIFT.read_text()) if row["target"] == rekbridge_target]

    found = {change for planned in stack.terraform.plan() for change in changes(planned)}
    assert found == {(row["resource"], row["attribute"]) for row in rows}


@pytest.mark.last
def test_destroy_comes_to_an_end_and_leaves_nothing_of_ours(stack: Stack, owner: str) -> None:
    stack.settled(stack.upload(f"{owner}/1+1 = 2.jpg", picture(owner)))

    outcome: SimpleQueue[str] = SimpleQueue()
    # A daemon: a Terraform that tries for ever must not keep the test process alive.
    Thread(target=lambda: outcome.put(destroyed(stack)), daemon=True).start()
    assert outcome.get(timeout=DESTROY_PATIENCE_S).startswith("0 added, 0 changed")
    assert sorted(left(stack)) == []


def destroyed(stack: Stack) -> str:
    """What Terraform did, or why it could not."""
    try:
        return str(removal.remove(stack.terraform, lambda *_: None))
    except OperatorError as why:
        return str(why)


def changes(planned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The attributes that a planned change is about; all of them, when the thing comes or goes."""
    change = planned["change"]
    before, after, unknown = change["before"], change["after"], change["after_unknown"]
    if before is None or after is None:
        yield planned["address"], "*"
        return
    for name in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(name) is True or before.get(name) != after.get(name):
            yield planned["address"], name


def left(stack: Stack) -> Iterator[str]:
    """The names of what is still there, in both regions."""
    prefix = stack.deployed.told["prefix"]
    for region in (stack.deployed.home, stack.deployed.remote):
        for service, call, names in LISTS:
            for answer in pages(stack.client(service, region), call):
                found = json.dumps(answer.get(names, []), default=str)
                if prefix in found:
                    yield f"{region} {service}: {found}"


def pages(client: Any, call: str) -> Iterator[dict[str, Any]]:
    """Every page of a list."""
    if client.can_paginate(call):
        yield from client.get_paginator(call).paginate()
    else:
        yield getattr(client, call)()


# Service, call, and the part of its answer that has the names.
LISTS = [
    ("apigateway", "get_rest_apis", "items"),
    ("dynamodb", "list_tables", "TableNames"),
    ("events", "list_event_buses", "EventBuses"),
    ("events", "list_rules", "Rules"),
    ("iam", "list_roles", "Roles"),
    ("kms", "list_aliases", "Aliases"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("lambda", "list_functions", "Functions"),
    ("logs", "describe_log_groups", "logGroups"),
    ("s3", "list_buckets", "Buckets"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("sns", "list_topics", "Topics"),
    ("sqs", "list_queues", "QueueUrls"),
]
