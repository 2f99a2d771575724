"""A removal in AWS emulated by moto: what it refuses, its order, and that it may be killed anywhere."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rekbridge.deploy.applied_state import NAMES, RECORD, AppliedResource, AppliedState
from rekbridge.deploy.leftovers import find_leftovers
from rekbridge.support.errors import OperatorError

from tests.builders import HOME
from tests.contract.cloud import Cloud
from tests.contract.removable_deployment import REMOTE, RemovableDeployment, build_row, create_client, list_keys
from tests.crash_points import WrapPort, crash_points

type CreateDeployment = Callable[..., RemovableDeployment]


@pytest.fixture
def create(tmp_path: Path, moto_cloud: Cloud) -> CreateDeployment:
    folders = count()
    return lambda **options: RemovableDeployment.create(tmp_path / str(next(folders)), **options)


class AwsCallLog:
    """The AWS calls of a removal, in their order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __call__(self, port: Any) -> Any:
        log = self.calls

        class LoggedClient:
            def __getattr__(self, name: str) -> Any:
                method = getattr(port, name)

                def call(**arguments: Any) -> Any:
                    log.append(f"{name} {arguments.get('Bucket', '')}".strip())
                    return method(**arguments)

                return call

        return LoggedClient()


def test_an_ephemeral_deployment_is_removed_with_its_data(create: CreateDeployment) -> None:
    deployment = create()
    changes = deployment.run()
    assert (changes.remove, deployment.list_remaining()) == (10, [])


@pytest.mark.parametrize("options", [{"ephemeral": False}, {"with_output": True, "ephemeral": False}])
def test_a_deployment_that_is_not_ephemeral_is_refused_before_anything_changes(
    create: CreateDeployment, options: dict[str, bool]
) -> None:
    deployment, log = create(**options), AwsCallLog()
    before = deployment.list_remaining()

    with pytest.raises(OperatorError, match="Nothing was removed"):
        deployment.run(log)
    changing = [call for call in log.calls if not call.startswith(("list_", "get_", "describe_", "scan"))]
    assert (changing, deployment.list_remaining(), deployment.terraform.staged_at_destroy) == ([], before, [])


def test_a_deployment_of_a_version_without_the_output_is_not_ephemeral(create: CreateDeployment) -> None:
    with pytest.raises(OperatorError, match="not ephemeral"):
        create(with_output=False).prepare()


def test_one_protected_table_makes_a_deployment_not_ephemeral(create: CreateDeployment) -> None:
    deployment = create()
    table = next(row for row in deployment.terraform.rows if row["type"] == "aws_dynamodb_table")
    table["values"]["deletion_protection_enabled"] = True
    with pytest.raises(OperatorError, match="not ephemeral"):
        deployment.prepare()


def test_the_refusal_lists_what_would_be_lost(create: CreateDeployment) -> None:
    deployment = create(ephemeral=False)
    deployment.put("media", "anna/1+1 = 2 %.jpg")
    with pytest.raises(OperatorError) as refusal:
        deployment.prepare()
    names = deployment.names
    assert str(refusal.value).splitlines()[1:] == [
        f"  bucket {names['staging']} ({REMOTE}): 1 object, 1 unfinished upload",
        f"  bucket {names['media']} ({HOME}): 1 object, 1 older version, 1 unfinished upload",
        f"  table {names['table']} ({HOME}): 1 row",
        f"  queue {names['queue']} ({HOME}): about 1 waiting message",
        f"  secret {names['secret']} ({HOME}): the ids of all images are made with it",
    ]


def test_the_refusal_says_to_deploy_the_variable_first(create: CreateDeployment) -> None:
    with pytest.raises(OperatorError) as refusal:
        create(ephemeral=False).prepare()
    assert "set ephemeral = true in your variables, deploy, then run this command again" in refusal.value.next_step


def test_credentials_of_another_account_remove_nothing(create: CreateDeployment) -> None:
    deployment = create()
    queue = next(row for row in deployment.terraform.rows if row["type"] == "aws_sqs_queue")
    queue["values"]["arn"] = queue["values"]["arn"].replace("123456789012", "999999999999")
    with pytest.raises(OperatorError, match="Your credentials are of account 123456789012"):
        deployment.run()


def test_new_work_is_stopped_and_staging_is_closed_and_emptied_before_any_other_bucket(
    create: CreateDeployment,
) -> None:
    deployment, log = create(), AwsCallLog()
    deployment.run(log)
    staging, media = deployment.names["staging"], deployment.names["media"]
    expected = [
        "disable_rule",
        "update_event_source_mapping",
        f"put_bucket_policy {staging}",
        f"delete_objects {staging}",
        f"put_bucket_policy {media}",
        f"delete_objects {media}",
        "delete_event_source_mapping",
    ]
    assert [call for call in log.calls if call in expected] == expected
    assert deployment.terraform.staged_at_destroy == [0]


def fail(**_: Any) -> None:
    raise OperatorError("it fails", "nothing")


def wrap_failing(*calls: str) -> WrapPort:
    """Clients on which these calls fail."""

    def wrap(port: Any) -> Any:
        class FailingClient:
            def __getattr__(self, name: str) -> Any:
                return fail if name in calls else getattr(port, name)

        return FailingClient()

    return wrap


@pytest.mark.parametrize("call", ["disable_rule", "update_event_source_mapping", "put_bucket_policy"])
def test_staging_is_emptied_also_when_an_earlier_step_fails(create: CreateDeployment, call: str) -> None:
    deployment = create()
    with pytest.raises(OperatorError, match="it fails"):
        deployment.run(wrap_failing(call))
    assert list_keys(deployment.names["staging"], REMOTE) == []


def test_a_copy_that_arrives_during_a_failed_destroy_is_deleted(create: CreateDeployment) -> None:
    deployment = create()
    deployment.terraform.failure = OperatorError("Terraform failed.", "again")

    def write_late() -> None:
        create_client("s3", REMOTE).delete_bucket_policy(Bucket=deployment.names["staging"])
        deployment.put("staging", "late")

    deployment.terraform.before_failure = write_late
    with pytest.raises(OperatorError, match="Terraform failed"):
        deployment.run()
    assert list_keys(deployment.names["staging"], REMOTE) == []


def test_nothing_can_be_written_to_a_closed_bucket(create: CreateDeployment) -> None:
    deployment = create()
    deployment.terraform.failure = OperatorError("Terraform failed.", "again")
    with pytest.raises(OperatorError):
        deployment.run()
    for bucket in ("staging", "media"):
        with pytest.raises(ClientError, match="Forbidden"):
            deployment.put(bucket, "late")


def test_a_removal_without_outputs_still_empties_staging_first(create: CreateDeployment) -> None:
    deployment = create()
    deployment.terraform.failure = OperatorError("Terraform failed.", "again")
    with pytest.raises(OperatorError):
        deployment.run()
    create_client("s3", REMOTE).delete_bucket_policy(Bucket=deployment.names["staging"])
    deployment.put("staging", "a copy that came after all")
    # Another machine with the same backend: it has no file of the first removal.
    (deployment.terraform.folder / RECORD).unlink()

    deployment.run()
    assert (deployment.terraform.staged_at_destroy, deployment.list_remaining()) == ([0, 0], [])


def test_a_removal_that_is_killed_anywhere_ends_when_it_is_called_again(create: CreateDeployment) -> None:
    def act(deployment: RemovableDeployment, wrap: WrapPort) -> None:
        deployment.run(wrap)

    killed = crash_points(create, act)
    # From the first look at the account to the last one for leftovers.
    assert len(killed) >= 30
    for deployment in killed:
        deployment.run()
    assert [remaining for deployment in killed if (remaining := deployment.list_remaining())] == []
    assert {number for deployment in killed for number in deployment.terraform.staged_at_destroy} == {0}


def test_the_record_of_a_removal_that_has_ended_is_deleted(create: CreateDeployment) -> None:
    deployment = create()
    deployment.run()
    assert list(deployment.terraform.folder.iterdir()) == []


def test_a_deployment_that_was_applied_again_ignores_the_record_of_an_older_removal(create: CreateDeployment) -> None:
    deployment = create()
    (deployment.terraform.folder / RECORD).write_text("not even read")
    deployment.run()
    assert deployment.list_remaining() == []


def start_removal(deployment: RemovableDeployment) -> None:
    """A removal that fails when Terraform begins: its record stays."""
    deployment.terraform.failure = OperatorError("Terraform failed.", "again")
    with pytest.raises(OperatorError, match="Terraform failed"):
        deployment.run()


def test_what_is_only_in_the_record_is_looked_for_and_never_emptied(create: CreateDeployment) -> None:
    deployment = create()
    start_removal(deployment)
    deployment.terraform.rows.clear()
    # A newer deployment of the same names, of another state.
    create_client("s3", REMOTE).delete_bucket_policy(Bucket=deployment.names["staging"])
    deployment.put("staging", "newer")
    log = AwsCallLog()
    removal = deployment.prepare(log)
    assert {deployment.names["staging"], deployment.names["media"]} <= {row.name for row in removal.state.recorded}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rekbridge.deploy.leftovers.find_leftovers.__defaults__", (0, 0))
        with pytest.raises(OperatorError, match="AWS still has"):
            removal.run(lambda *_: None)
    changing = ("put_", "delete_object", "abort_", "disable_", "update_")
    assert [call for call in log.calls if call.startswith(changing)] == []
    assert list_keys(deployment.names["staging"], REMOTE) == ["newer"]


@pytest.mark.parametrize("change", [{"lineage": "another"}, {"account": "999999999999"}], ids=str)
def test_the_record_of_another_state_or_account_is_ignored(create: CreateDeployment, change: dict[str, str]) -> None:
    deployment = create()
    start_removal(deployment)
    deployment.terraform.rows.clear()
    assert deployment.prepare().state.recorded
    record = deployment.terraform.folder / RECORD
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    assert deployment.prepare().state.recorded == ()


def test_a_bucket_of_another_account_is_never_touched(create: CreateDeployment) -> None:
    deployment = create()
    owners: dict[str, set[Any]] = {}

    def wrap(port: Any) -> Any:
        class OwnerLog:
            def __getattr__(self, name: str) -> Any:
                def call(**arguments: Any) -> Any:
                    if "Bucket" in arguments and not name.startswith(("head_", "delete_bucket")):
                        owners.setdefault(name, set()).add(arguments.get("ExpectedBucketOwner"))
                    return getattr(port, name)(**arguments)

                return call

        return OwnerLog()

    deployment.run(wrap)
    assert {name: values for name, values in owners.items() if values != {"123456789012"}} == {}
    assert {"list_object_versions", "delete_objects", "abort_multipart_upload", "put_bucket_policy"} <= owners.keys()


def protect_table(deployment: RemovableDeployment) -> None:
    table = next(row for row in deployment.terraform.rows if row["type"] == "aws_dynamodb_table")
    table["values"]["deletion_protection_enabled"] = True


def keep_data(deployment: RemovableDeployment) -> None:
    deployment.terraform.outputs["deployment"]["value"]["ephemeral"] = False


def add_queue(deployment: RemovableDeployment) -> None:
    queue = next(row for row in deployment.terraform.rows if row["type"] == "aws_sqs_queue")
    values = queue["values"] | {"arn": f"{queue['values']['arn']}-more"}
    deployment.terraform.rows.append(queue | {"values": values})


@pytest.mark.parametrize("change", [protect_table, keep_data, add_queue])
def test_a_deployment_that_changed_since_it_was_shown_is_not_removed(
    create: CreateDeployment, change: Callable[[RemovableDeployment], None]
) -> None:
    deployment, log = create(), AwsCallLog()
    removal, before = deployment.prepare(log), deployment.list_remaining()
    change(deployment)
    log.calls.clear()
    with pytest.raises(OperatorError, match=r"has changed since its contents were shown\. Nothing was removed"):
        removal.run(lambda *_: None)
    assert (log.calls, deployment.list_remaining()) == ([], before)


def test_a_log_group_that_comes_back_is_deleted_again(moto_cloud: Cloud) -> None:
    logs, name = create_client("logs", HOME), "/aws/apigateway/comes-back-api"
    for group in (name, f"{name}-of-another"):
        logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{HOME}:123456789012:log-group:{name}"
    state = AppliedState((AppliedResource("aws_cloudwatch_log_group", name, HOME, arn, "any"),))

    assert find_leftovers(state, create_client, poll_s=0) == []
    groups = [row["logGroupName"] for row in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]]
    assert groups == [f"{name}-of-another"]


@pytest.mark.parametrize("kind", ["aws_s3_bucket", "aws_sns_topic", "aws_kms_key", "aws_secretsmanager_secret"])
def test_what_terraform_leaves_behind_is_named(create: CreateDeployment, kind: str) -> None:
    deployment = create()
    resource = next(row for row in deployment.terraform.rows if row["type"] == kind)
    removal = deployment.prepare()
    found = find_leftovers(removal.state, create_client, timeout_s=0, poll_s=0)
    assert resource["values"]["arn"] in {leftover.arn for leftover in found}


def test_the_day_of_a_keys_deletion_is_named(create: CreateDeployment) -> None:
    deployment = create()
    removal = deployment.prepare()
    assert removal.list_delayed_deletions() == []
    removal.run(lambda *_: None)
    (line,) = removal.list_delayed_deletions()
    assert line.endswith("until then it costs nothing.")


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_what_a_killed_apply_was_creating_is_left_to_terraform(create: CreateDeployment, kind: str) -> None:
    deployment = create()
    # As provider 5.100 left buckets, tables, queues and a key in the state of a trial that was killed.
    values = {NAMES[kind]: "unfinished", "arn": None, "function_arn": None, "region": None}
    row = build_row(f"{kind}.unfinished", **values)
    deployment.terraform.rows.append(row)
    state = deployment.prepare().state
    assert (row["address"] in {resource.address for resource in state.resources}, state.is_ephemeral) == (False, True)


def test_a_removal_of_nothing_ends(create: CreateDeployment) -> None:
    deployment = create()
    deployment.run()
    assert deployment.run().total == 0
