"""Which resources may be destroyed with what is in them: all of an ephemeral deployment, none of another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plan.conftest import EXAMPLE
from tests.plan.terraform_plan import TerraformPlan

# What an ephemeral deployment has, and one that is not.
SETTINGS = [
    ("aws_s3_bucket", "force_destroy", True, False),
    ("aws_dynamodb_table", "deletion_protection_enabled", False, True),
    ("aws_secretsmanager_secret", "recovery_window_in_days", 0, 30),
    ("aws_kms_key", "deletion_window_in_days", 7, 30),
]


@pytest.fixture(scope="session")
def ephemeral_plan(
    load_plan: Callable[[Path], TerraformPlan], tmp_path_factory: pytest.TempPathFactory
) -> TerraformPlan:
    """The plan of the example as a trial."""
    file = tmp_path_factory.mktemp("trial") / "ephemeral.tfvars"
    file.write_text(f"{EXAMPLE.read_text()}\nephemeral = true\n")
    return load_plan(file)


@pytest.mark.parametrize(("kind", "attribute", "ephemeral", "kept"), SETTINGS)
def test_every_resource_that_holds_data_follows_ephemeral(
    plan: TerraformPlan, ephemeral_plan: TerraformPlan, kind: str, attribute: str, ephemeral: object, kept: object
) -> None:
    values = [{resource.values[attribute] for resource in planned.find_all(kind)} for planned in (ephemeral_plan, plan)]
    assert values == [{ephemeral}, {kept}]
