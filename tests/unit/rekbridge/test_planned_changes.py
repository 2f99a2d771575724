"""What an operator sees of a plan."""

import pytest
from rekbridge.deploy import showing
from rekbridge.terraform.changes import DATA_BY_TYPE, PlannedChanges
from rekbridge.terraform.messages import ChangeCounts

from tests.unit.rekbridge.planned_documents import QUEUE, build_change, build_document, build_queue_change

ROLE = "module.rekbridge.aws_iam_role.this"


def read(*changes: dict[str, object], **more: object) -> PlannedChanges:
    return PlannedChanges.from_document(build_document(*changes, **more))  # type: ignore[arg-type]


def test_creates_and_updates_are_counted_by_type() -> None:
    planned = read(
        build_queue_change("work-text", "create"),
        build_queue_change("work-labels", "create"),
        build_change(ROLE, "create"),
        build_change("aws_iam_role.other", "update"),
    )
    assert showing.format_changes(planned, {}).splitlines() == [
        "  create     3: 1 aws_iam_role, 2 aws_sqs_queue",
        "  update     1: 1 aws_iam_role",
    ]


def test_a_delete_is_listed_by_its_address() -> None:
    assert f"  delete   {ROLE}" in showing.format_changes(read(build_change(ROLE, "delete")), {}).splitlines()


@pytest.mark.parametrize("actions", [("delete", "create"), ("create", "delete")])
def test_a_replace_is_listed_by_its_address_with_what_forces_it(actions: tuple[str, str]) -> None:
    planned = read(build_change(ROLE, *actions, replace_paths=[["name"], ["path"]]))
    assert showing.format_changes(planned, {}) == f"  replace  {ROLE}, because of name, path"


def test_a_resource_that_terraform_forgets_is_listed() -> None:
    assert f"forget   {ROLE}" in showing.format_changes(read(build_change(ROLE, "forget")), {})


def test_an_action_that_is_not_known_is_shown_as_a_replace() -> None:
    assert f"replace  {ROLE}" in showing.format_changes(read(build_change(ROLE, "reincarnate")), {})


def test_what_a_plan_reads_or_leaves_alone_is_no_change() -> None:
    planned = read(build_change("data.aws_region.this", "read"), build_change(ROLE, "no-op"))
    assert (planned.are_none, showing.format_changes(planned, {})) == (True, showing.NO_CHANGES)


def test_another_value_of_an_output_is_a_change() -> None:
    planned = read(output_changes={"deployment": {"actions": ["update"]}, "other": {"actions": ["no-op"]}})
    assert showing.format_changes(planned, {}) == "  outputs: deployment"


@pytest.mark.parametrize("resource_type", DATA_BY_TYPE)
@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("create", "delete")])
def test_deleting_or_replacing_what_has_data_loses_data(resource_type: str, actions: tuple[str, ...]) -> None:
    planned = read(build_change(f"{resource_type}.this", *actions))
    assert [change.address for change in planned.data_losses] == [f"{resource_type}.this"]
    assert "LOSES DATA" in showing.format_changes(planned, {})


@pytest.mark.parametrize("resource_type", DATA_BY_TYPE)
@pytest.mark.parametrize("action", ["create", "update", "forget", "no-op"])
def test_nothing_else_loses_data(resource_type: str, action: str) -> None:
    assert read(build_change(f"{resource_type}.this", action)).data_losses == []


def test_what_waits_in_a_queue_is_beside_its_loss() -> None:
    planned = read(build_queue_change("work-text", "delete"))
    waiting = {f'{QUEUE}["work-text"]': "3 messages are in rekbridge-work-text"}
    assert "LOSES DATA: its messages (3 messages are in rekbridge-work-text)" in showing.format_changes(
        planned, waiting
    )


def test_a_replace_counts_as_an_addition_and_a_removal() -> None:
    planned = read(build_change(ROLE, "delete", "create"), build_change("aws_iam_role.b", "update"))
    assert planned.counts == ChangeCounts(add=1, change=1, remove=1)


def test_the_rest_of_a_plan_is_what_it_had_and_takes_nothing_away() -> None:
    shown = read(build_change(ROLE, "create"), build_change("aws_iam_role.b", "update"))
    assert read(build_change(ROLE, "create")).is_rest_of(shown)
    assert read(build_change(ROLE, "update")).is_rest_of(shown)
    assert not read(build_change("aws_iam_role.new", "create")).is_rest_of(shown)
    assert not read(build_change("aws_iam_role.b", "create")).is_rest_of(shown)
    assert not read(build_change(ROLE, "delete", "create")).is_rest_of(shown)
    assert not read(build_change("aws_iam_role.b", "delete")).is_rest_of(shown)


@pytest.mark.parametrize("resource_type", DATA_BY_TYPE)
def test_what_has_data_and_is_gone_is_a_loss(resource_type: str) -> None:
    address = f"{resource_type}.this"
    planned = read(build_change(address, "create"), resource_drift=[build_change(address, "delete")])
    assert [change.address for change in planned.data_losses] == [address]
    shown = showing.format_changes(planned, {})
    assert f"  gone     {address} is gone in AWS or in another region\n             LOSES DATA: " in shown


def test_other_drift_is_no_loss() -> None:
    drift = [build_change("aws_s3_bucket.this", "update"), build_change(ROLE, "delete")]
    assert read(resource_drift=drift).data_losses == []


def test_what_is_gone_only_in_the_rest_of_a_plan_was_not_agreed_to() -> None:
    drift = [build_change("aws_s3_bucket.this", "delete")]
    created = build_change("aws_s3_bucket.this", "create")
    assert not read(created, resource_drift=drift).is_rest_of(read(created))
    assert read(created, resource_drift=drift).is_rest_of(read(created, resource_drift=drift))
