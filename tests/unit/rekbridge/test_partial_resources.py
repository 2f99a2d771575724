"""Which resources of a state were made in part."""

import json
import os
from pathlib import Path

import pytest
from rekbridge.terraform import environment, root_files, running
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.partial_resources import find_tainted


def write_state(*instances: dict[str, object], **resource: str) -> str:
    row = {"mode": "managed", "type": "aws_sqs_queue", "name": "this", "instances": list(instances), **resource}
    return json.dumps({"version": 4, "resources": [row]})


def test_a_resource_is_found_by_its_module_and_its_key() -> None:
    state = write_state(
        {"index_key": "work-text", "status": "tainted"},
        {"index_key": 0, "status": "tainted"},
        {"index_key": "uploads"},
        module="module.a.module.b",
    )
    assert find_tainted(state) == [
        'module.a.module.b.aws_sqs_queue.this["work-text"]',
        "module.a.module.b.aws_sqs_queue.this[0]",
    ]


def test_a_resource_of_the_root_module_without_a_key_is_found() -> None:
    assert find_tainted(write_state({"status": "tainted"})) == ["aws_sqs_queue.this"]


def test_what_is_to_be_destroyed_in_any_case_stays_so() -> None:
    assert find_tainted(write_state({"status": "tainted", "deposed": "00000001"})) == []


def test_a_state_that_does_not_exist_yet_has_none() -> None:
    assert find_tainted("") == find_tainted('{"version": 4}') == []


def test_terraform_keeps_what_was_made_in_part_and_says_so(tmp_path: Path) -> None:
    """With the real Terraform and a state that an interrupted apply has left."""
    notices: list[str] = []
    terraform = Terraform(tmp_path, environment.build_isolated_environment(), {"target": "aws"}, notify=notices.append)
    terraform.root.mkdir(parents=True)
    (terraform.root / "main.tf").write_text('resource "terraform_data" "this" {\n  for_each = toset(["a b", "c"])\n}\n')
    root_files.write_local_backend(terraform.root, terraform.state_file)
    running.init(terraform.root, dict(terraform.environment) | {"TF_DATA_DIR": str(terraform.data_folder)})
    terraform.keep_partial_resources()
    assert notices == []

    instances = [
        {"index_key": key, "status": status, "schema_version": 0, "attributes": {"id": key}}
        for key, status in (("a b", "tainted"), ("c", None))
    ]
    row = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "this",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{name: value for name, value in row.items() if value is not None} for row in instances],
    }
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "x",
        "outputs": {},
        "resources": [row],
    }
    terraform.state_file.write_text(json.dumps(state))
    terraform.keep_partial_resources()
    assert notices == ['terraform_data.this["a b"] was made in part. It is completed, not replaced.']
    assert find_tainted(terraform.state_file.read_text()) == []


TERRAFORM = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
*" state pull"*) echo "$STATE" ;;
*" apply "*)
    echo '{"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "the name is taken"}}'
    exit 1 ;;
*" untaint "*) echo "the state is locked" >&2; exit 1 ;;
*" plan "*) for word; do case $word in -out=*) touch "${word#-out=}" ;; esac; done ;;
*" show "*) echo '{"variables": {}}' ;;
esac
"""


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Terraform, list[str]]:
    """A Terraform with a resource that was made in part, whose state is locked; and the notices."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(TERRAFORM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    variables = {**os.environ, "CALLS": str(tmp_path / "calls"), "STATE": write_state({"status": "tainted"})}
    notices: list[str] = []
    return Terraform(tmp_path, variables, {"target": "aws"}, notify=notices.append), notices


def test_why_an_apply_failed_is_said_although_the_state_is_locked(terraform: tuple[Terraform, list[str]]) -> None:
    with pytest.raises(running.TerraformError, match="the name is taken"):
        terraform[0].apply_plan(PlannedChanges(()), lambda *_: None)
    assert ["the state is locked" in notice for notice in terraform[1]] == [True]


def test_a_plan_that_only_shows_does_not_write_the_state(
    terraform: tuple[Terraform, list[str]], tmp_path: Path
) -> None:
    assert terraform[0].plan() == []
    assert "untaint" not in (tmp_path / "calls").read_text()
    shown = "aws_sqs_queue.this was made in part. A deploy completes it; this plan shows it as replaced."
    assert terraform[1] == [shown]
