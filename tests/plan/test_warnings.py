"""What an operator sees of a plan before they confirm it."""

import zipfile
from pathlib import Path

from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform

from tests.plan.conftest import EXAMPLE, FUNCTIONS
from tests.plan.fake_aws import serve_aws


def test_a_plan_gives_its_warnings_and_its_changes(tmp_path: Path) -> None:
    for name in FUNCTIONS:
        zipfile.ZipFile(tmp_path / f"{name}.zip", "w").close()
    variables = {"target": "aws", "package_dir": str(tmp_path), "account_concurrency": 10}
    warnings: list[str] = []
    with serve_aws() as aws:
        environ = environment.build_isolated_environment() | aws.environment
        terraform = Terraform(tmp_path / "deployment", environ, variables, EXAMPLE, warnings.append)
        terraform.folder.mkdir()
        terraform.init()
        changes = terraform.plan()
        planned = terraform.create_plan(lambda *_: None)
        again = terraform.create_plan(lambda *_: None, planned.variables)
    assert {tuple(change["change"]["actions"]) for change in changes} == {("create",)}
    assert ["Concurrent executions" in warning for warning in warnings] == [True] * 3
    # The rest of a deploy is planned for the variables that the first plan has in it.
    assert (again.is_rest_of(planned), again.counts) == (True, planned.counts)
