"""The examples are planned: each file of variables, and the modules' examples that `terraform test` cannot mock."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rekbridge.support import paths
from rekbridge.terraform import environment, running, tree

from tests.plan.conftest import FUNCTIONS
from tests.plan.fake_aws import serve_aws
from tests.plan.terraform_plan import TerraformPlan

TFVARS = sorted((paths.ROOT / "terraform" / "examples").glob("*.tfvars"))
EMPTY_SHA256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
PACKAGES = {name: {"bucket": "team-releases", "key": f"arm64/{name}.zip", "sha256": EMPTY_SHA256} for name in FUNCTIONS}


@pytest.fixture(scope="module")
def plans(load_plan: Callable[[Path], TerraformPlan]) -> dict[str, TerraformPlan]:
    """The plan of each file of variables."""
    return {file.stem: load_plan(file) for file in TFVARS}


def find_sns_principals(plan: TerraformPlan) -> list[str]:
    [bridge] = [queue for queue in plan.find_all("aws_sqs_queue") if queue.values["name"] == "rekbridge-bridge"]
    [principals] = [one["Principal"]["Service"] for one in bridge.parse_policy() if one["Effect"] == "Allow"]
    return list(principals)


def find_call_regions(plan: TerraformPlan) -> dict[str, list[str]]:
    statements = plan.get("module.home.module.analyze.aws_iam_role_policy.this").parse_policy()
    return {
        one["Action"][0]: one["Condition"]["StringEquals"]["aws:RequestedRegion"]
        for one in statements
        if one["Action"][0].startswith("rekognition:")
    }


@pytest.mark.parametrize("name", [file.stem for file in TFVARS])
def test_an_example_is_planned_without_a_warning(plans: dict[str, TerraformPlan], name: str) -> None:
    assert plans[name].check_results <= {"pass", "unknown"}


def test_in_canada_faces_stay_at_home_and_text_is_read_in_the_remote_region(plans: dict[str, TerraformPlan]) -> None:
    assert find_call_regions(plans["ca-central-1"]) == {
        "rekognition:DetectFaces": ["ca-central-1"],
        "rekognition:DetectText": ["us-east-1"],
    }


def test_an_opt_in_home_region_has_its_own_principal_of_sns(plans: dict[str, TerraformPlan]) -> None:
    principals = {name: find_sns_principals(plan) for name, plan in plans.items()}
    assert principals["ca-west-1"] == ["sns.amazonaws.com", "sns.ca-west-1.amazonaws.com"]
    assert principals["ca-central-1"] == ["sns.amazonaws.com"]


@pytest.mark.parametrize(
    ("module", "resource", "variables"),
    [
        ("rekbridge", "module.rekbridge.module.home.module.api.aws_lambda_function.this", {"packages": PACKAGES}),
        ("secret", "module.ids_secret.aws_secretsmanager_secret.this[0]", {}),
    ],
)
def test_the_example_of_a_module_with_a_generated_secret_is_planned(
    tmp_path: Path, module: str, resource: str, variables: dict[str, Any]
) -> None:
    root = tree.copy_configuration(tmp_path / "tree").parent / "modules" / module / "tests" / "example"
    (root / "example.auto.tfvars.json").write_text(json.dumps(variables))
    with serve_aws() as aws:
        environ = environment.build_isolated_environment() | aws.environment | {"TF_DATA_DIR": str(tmp_path / "data")}
        running.init(root, environ)
        running.run(root, ["plan", "-input=false", f"-out={tmp_path / 'plan'}"], environ)
        document = json.loads(running.run(root, ["show", "-json", str(tmp_path / "plan")], environ))
    created = {
        change["address"] for change in document["resource_changes"] if change["change"]["actions"] == ["create"]
    }
    assert resource in created
