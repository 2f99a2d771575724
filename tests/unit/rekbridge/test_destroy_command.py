"""`rekbridge destroy`: what it shows and asks before anything is removed, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rekbridge.cli import app
from rekbridge.deploy import commands
from rekbridge.deploy.applied_state import AppliedResource, AppliedState
from rekbridge.deploy.loss_report import Loss
from rekbridge.deploy.removal import Removal, advise_refused
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.messages import ChangeCounts
from typer.testing import CliRunner, Result

TABLE = AppliedResource("aws_dynamodb_table", "trial-library", "eu-west-3", "arn:aws:dynamodb:eu-west-3:1:any", "any")


@dataclass
class FakeRemoval:
    """A removal of one table, which notes whether it ran."""

    runs: list[str] = field(default_factory=list)

    def read_prefix(self) -> str:
        return "trial"

    def list_losses(self) -> list[Loss]:
        return [Loss(TABLE, "7 rows")]

    def run(self, _: object) -> ChangeCounts:
        self.runs.append("run")
        return ChangeCounts(remove=1)

    def list_delayed_deletions(self) -> list[str]:
        return ["AWS deletes the key 1234 on 2026-12-04; until then it costs nothing."]


def refuse_client(service: str, region: str) -> Any:
    raise AssertionError("no client is needed")


type Destroy = Callable[..., Result]


@pytest.fixture
def removal(monkeypatch: pytest.MonkeyPatch) -> FakeRemoval:
    removal = FakeRemoval()
    monkeypatch.setattr(commands, "_prepare", lambda *_: None)
    monkeypatch.setattr(Removal, "prepare", lambda *_: removal)
    return removal


@pytest.fixture
def destroy(tfvars: Path) -> Destroy:
    return lambda *options, text="": CliRunner().invoke(app, ["destroy", "--tfvars", str(tfvars), *options], input=text)


def test_what_is_lost_is_shown_before_the_prefix_is_asked_for(removal: FakeRemoval, destroy: Destroy) -> None:
    shown = destroy(text="trial\n").output
    assert shown.index("table trial-library (eu-west-3): 7 rows") < shown.index("Type the prefix")


def test_the_typed_prefix_starts_the_removal(removal: FakeRemoval, destroy: Destroy) -> None:
    result = destroy(text="trial\n")
    assert (result.exit_code, removal.runs) == (0, ["run"])


@pytest.mark.parametrize("text", ["rekbridge\n", "y\n", "yes\n", "\n", ""])
def test_any_other_word_removes_nothing(removal: FakeRemoval, destroy: Destroy, text: str) -> None:
    result = destroy(text=text)
    assert (result.exit_code != 0, removal.runs) == (True, [])


def test_yes_removes_without_a_question(removal: FakeRemoval, destroy: Destroy) -> None:
    result = destroy("--yes")
    assert (result.exit_code, removal.runs, "Type the prefix" in result.output) == (0, ["run"], False)


def test_the_day_of_the_keys_deletion_is_shown_in_the_end(removal: FakeRemoval, destroy: Destroy) -> None:
    assert destroy("--yes").output.splitlines()[-1].startswith("AWS deletes the key 1234 on 2026-12-04")


@pytest.mark.parametrize(("deployment", "prefix"), [({"prefix": "applied"}, "applied"), ({}, "half")])
def test_without_outputs_the_prefix_is_that_of_the_variables(
    tfvars: Path, deployment: dict[str, Any], prefix: str
) -> None:
    tfvars.write_text(f'{tfvars.read_text()}prefix = "half"\n')
    terraform = Terraform(tfvars.parent, {}, {"target": "aws"}, tfvars)
    assert Removal(terraform, AppliedState((), deployment), refuse_client).read_prefix() == prefix


def test_a_refusal_ends_with_1_and_says_what_would_be_lost(
    removal: FakeRemoval, destroy: Destroy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OperatorError("Nothing was removed. The deployment is not ephemeral.", "deploy it")

    monkeypatch.setattr(Removal, "prepare", refuse)
    # Also with --yes.
    assert (destroy("--yes").exit_code, removal.runs) == (1, [])


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("", "set ephemeral = true in {file}, deploy, then"),
        ("ephemeral = false\n", "set ephemeral = true in {file}, deploy, then"),
        ("ephemeral = true\n", "{file} has ephemeral = true, but that is not deployed yet: deploy it first"),
    ],
)
def test_the_advice_follows_the_variables(tfvars: Path, line: str, advice: str) -> None:
    tfvars.write_text(tfvars.read_text() + line)
    assert advice.format(file=tfvars) in advise_refused(tfvars)
