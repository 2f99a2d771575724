"""What `rekbridge deploy` asks an account before it plans."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from rekbridge import deploy
from rekbridge.account import concurrency
from rekbridge.cli import app
from rekbridge.terraform.driver import Show, Terraform
from rekbridge.terraform.messages import Changes
from typer.testing import CliRunner

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@pytest.fixture
def client() -> "LambdaClient":
    made: LambdaClient = boto3.client(
        "lambda", region_name="eu-west-3", aws_access_key_id="any", aws_secret_access_key="any"
    )
    return made


@pytest.fixture
def stub(client: "LambdaClient") -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub


def allowed(total: int, unreserved: int) -> dict[str, dict[str, int]]:
    return {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved}}


@pytest.mark.parametrize(("unreserved", "told"), [(900, 900), (10, 10), (0, 10)])
def test_what_no_function_has_for_itself_is_reckoned_with(
    client: "LambdaClient", stub: Stubber, unreserved: int, told: int
) -> None:
    stub.add_response("get_account_settings", allowed(1000, unreserved))
    said: list[str] = []
    assert concurrency(client, said.append) == {"account_concurrency": told}
    assert said == []


def test_without_the_permission_terraform_reckons_with_its_own_and_the_operator_is_told(
    client: "LambdaClient", stub: Stubber
) -> None:
    stub.add_client_error("get_account_settings", "AccessDeniedException")
    said: list[str] = []
    assert concurrency(client, said.append) == {}
    assert "lambda:GetAccountSettings" in said[0]
    assert "eu-west-3" in said[0]


def test_without_credentials_nothing_is_reckoned(client: "LambdaClient", monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise NoCredentialsError

    monkeypatch.setattr(client, "get_account_settings", none)
    assert concurrency(client, lambda said: None) == {}


def test_a_deployment_to_an_account_is_planned_with_what_the_account_allows(
    client: "LambdaClient", stub: Stubber, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub.add_response("get_account_settings", allowed(1000, 400))
    applied: list[dict[str, object]] = []

    class Recorded(Terraform):
        def apply(self, show: Show) -> Changes:
            applied.append(dict(self.variables))
            return Changes()

    ready = Recorded(tmp_path, {}, {"target": "aws"})
    monkeypatch.setattr(deploy, "_chosen", lambda *_: ready)
    monkeypatch.setattr(deploy, "evaluated", lambda file, expression: {"var.home_region": "eu-west-3"}[expression])
    clients = {("lambda", "eu-west-3"): client}
    monkeypatch.setattr(boto3, "client", lambda service, region_name: clients[service, region_name])
    (tmp_path / "my.tfvars").touch()
    done = CliRunner().invoke(app, ["deploy", "--tfvars", str(tmp_path / "my.tfvars"), "--yes"])
    assert (done.exit_code, applied) == (0, [{"target": "aws", "account_concurrency": 400}])
