"""What an operator learns of a plan before they are asked to go on."""

import zipfile
from pathlib import Path

from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform

from tests.plan.conftest import EXAMPLE, FUNCTIONS
from tests.plan.sts import answering


def test_a_plan_says_its_warnings_and_what_it_would_make(tmp_path: Path) -> None:
    for name in FUNCTIONS:
        zipfile.ZipFile(tmp_path / f"{name}.zip", "w").close()
    variables = {"target": "aws", "package_dir": str(tmp_path), "account_concurrency": 10}
    said: list[str] = []
    with answering() as sts:
        told = environment.of_nobody() | {"AWS_ENDPOINT_URL_STS": sts}
        keys = {"AWS_ACCESS_KEY_ID": "planner", "AWS_SECRET_ACCESS_KEY": "planner"}
        terraform = Terraform(tmp_path / "deployment", told | keys, variables, EXAMPLE, said.append)
        terraform.folder.mkdir()
        terraform.init()
        changes = terraform.plan()
    assert {tuple(change["change"]["actions"]) for change in changes} == {("create",)}
    assert ["Concurrent executions" in warning for warning in said] == [True]
