"""What `rekbridge upgrade --check` says about the versions and the plan of a deployment."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rekbridge.cli import app
from rekbridge.deploy import upgrade
from rekbridge.deploy.schema import DeployedSchema, Schema, find_deployed_schema, load_schema, require_upgradable
from rekbridge.deploy.upgrade import UpgradeNeed, describe_plan, judge_plan
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.changes import DATA_BY_TYPE
from typer.testing import CliRunner

TABLES = {"library": "rekbridge-library", "claims": "rekbridge-claims"}
RECORDED = DeployedSchema(1, 1, is_recorded=True)


class DeployedAws:
    """Tables with the version of their tag, or None, and the environment of INGEST."""

    def __init__(self, tags: dict[str, str | None], environment: dict[str, str]) -> None:
        self.tags, self.environment = tags, environment

    def describe_table(self, TableName: str) -> dict[str, Any]:
        if TableName not in self.tags:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "DescribeTable")
        return {"Table": {"TableArn": f"arn:{TableName}"}}

    def list_tags_of_resource(self, ResourceArn: str) -> dict[str, Any]:
        version = self.tags[ResourceArn.removeprefix("arn:")]
        others = [{"Key": "application", "Value": "rekbridge"}]
        return {"Tags": [*others, {"Key": "schema_version", "Value": version}] if version else others}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        assert FunctionName == "rekbridge-ingest"
        return {"Environment": {"Variables": self.environment}}


def find_schema(library: str | None, claims: str | None, output: int | None = None, secret: bool = True) -> Any:
    """The schema of a deployment with these tags, this output, and INGEST with the secret of the ids or without."""
    aws = DeployedAws(
        {"rekbridge-library": library, "rekbridge-claims": claims}, {"IDS_SECRET": "arn:any"} if secret else {}
    )
    outputs = {"tables": TABLES, "regions": {"home": "eu-west-3"}, "functions": {"ingest": "rekbridge-ingest"}}
    return find_deployed_schema(Deployment(outputs | ({"schema": output} if output else {}), lambda *_: aws))


def make_change(resource_type: str, *actions: str, address: str = "module.rekbridge.any") -> dict[str, Any]:
    return {"address": address, "type": resource_type, "change": {"actions": list(actions)}}


def test_the_version_is_that_of_the_tables_tags() -> None:
    assert find_schema("3", "3") == DeployedSchema(3, 3, is_recorded=True)


def test_a_half_done_upgrade_has_two_versions() -> None:
    assert find_schema("3", "2", output=2) == DeployedSchema(2, 3, is_recorded=True)


def test_a_table_without_its_tag_has_the_version_of_the_output() -> None:
    assert find_schema(None, None, output=2) == DeployedSchema(2, 2, is_recorded=True)


def test_a_table_that_somebody_has_deleted_counts_no_more() -> None:
    aws = DeployedAws({"rekbridge-claims": "2"}, {})
    outputs = {"tables": TABLES, "regions": {"home": "eu-west-3"}}
    assert find_deployed_schema(Deployment(outputs, lambda *_: aws)) == DeployedSchema(2, 2, is_recorded=True)


def test_a_deployment_with_keyed_ids_that_records_no_version_has_version_1() -> None:
    assert find_schema(None, None) == DeployedSchema(1, 1, is_recorded=False)


def test_a_deployment_whose_ids_have_no_secret_is_older_than_version_1() -> None:
    assert find_schema(None, None, secret=False) == DeployedSchema(0, 0, is_recorded=False)


def test_a_deployment_of_an_early_state_without_names_is_older_than_version_1() -> None:
    assert find_deployed_schema(Deployment({"regions": {}}, lambda *_: None)).oldest == 0


@pytest.mark.parametrize("deployed", [(2, 2), (2, 4), (4, 4)])
def test_a_deploy_goes_on_from_every_version_that_is_upgradable(deployed: tuple[int, int]) -> None:
    require_upgradable(DeployedSchema(*deployed, is_recorded=True), Schema(version=4, upgradable_from=2))


@pytest.mark.parametrize("oldest", [4, 5])
def test_a_deployment_of_a_newer_version_is_refused(oldest: int) -> None:
    with pytest.raises(OperatorError, match="cannot go back"):
        require_upgradable(DeployedSchema(oldest, 5, is_recorded=True), Schema(version=4, upgradable_from=2))


def test_a_deployment_that_is_too_old_is_refused() -> None:
    with pytest.raises(OperatorError, match="takes over 2 or newer"):
        require_upgradable(DeployedSchema(1, 1, is_recorded=True), Schema(version=4, upgradable_from=2))


def test_this_version_can_upgrade_deployments_of_itself() -> None:
    this = load_schema()
    assert 1 <= this.upgradable_from <= this.version


def test_without_changes_nothing_is_needed() -> None:
    assert judge_plan([], RECORDED) is UpgradeNeed.NOTHING


def test_changes_in_place_need_a_deploy() -> None:
    assert judge_plan([make_change("aws_lambda_function", "update")], RECORDED) is UpgradeNeed.DEPLOY


def test_a_version_that_is_not_recorded_needs_a_deploy() -> None:
    assert judge_plan([], DeployedSchema(1, 1, is_recorded=False)) is UpgradeNeed.DEPLOY


@pytest.mark.parametrize("resource_type", sorted(DATA_BY_TYPE))
@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("create", "delete")])
def test_what_holds_data_and_is_deleted_or_replaced_is_a_loss(resource_type: str, actions: tuple[str, ...]) -> None:
    assert judge_plan([make_change(resource_type, *actions)], RECORDED) is UpgradeNeed.DATA_LOSS


def test_a_replaced_resource_without_data_is_no_loss() -> None:
    assert judge_plan([make_change("aws_api_gateway_deployment", "create", "delete")], RECORDED) is UpgradeNeed.DEPLOY


def test_every_deleted_and_replaced_address_is_listed() -> None:
    changes = [
        make_change("aws_sqs_queue", "delete", address="module.rekbridge.module.home.aws_sqs_queue.old"),
        make_change("aws_lambda_permission", "delete", "create", address="module.rekbridge.aws_lambda_permission.any"),
        make_change("aws_lambda_function", "update"),
    ]
    assert describe_plan(changes, UpgradeNeed.DATA_LOSS).splitlines()[:3] == [
        "Terraform plans 1 to delete, 1 to delete/create, 1 to update.",
        "  replaced: module.rekbridge.aws_lambda_permission.any",
        "  deleted: module.rekbridge.module.home.aws_sqs_queue.old, with the data in it",
    ]


@pytest.mark.parametrize("options", [[], ["--target", "ministack"]])
def test_without_check_the_command_names_the_deploy_of_the_same_deployment(options: list[str], tfvars: Path) -> None:
    result = CliRunner().invoke(app, ["upgrade", *options, "--tfvars", str(tfvars)])
    command = " ".join(["rekbridge deploy", *options, "--tfvars", str(tfvars)])
    # The screen breaks lines anywhere in a path.
    assert (result.exit_code, "".join(command.split()) in "".join(result.output.split())) == (1, True), result.output


def test_if_nothing_is_deployed_the_command_names_the_deploy_to_this_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "_prepare", lambda *_: None)
    monkeypatch.setattr(upgrade, "open_deployment", lambda _: None)
    result = CliRunner().invoke(app, ["upgrade", "--check", "--target", "ministack"])
    assert (result.exit_code, "rekbridge deploy --target ministack" in result.output) == (1, True), result.output
