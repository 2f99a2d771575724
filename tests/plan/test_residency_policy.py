"""`rekbridge residency policy`: every change of region, transfer and retention shows; equal variables, equal bytes."""

import json
from pathlib import Path

import pytest
from rekbridge.cli import app
from rekbridge.residency import retention
from rekbridge.residency.policy import json_document, markdown
from rekbridge.residency.policy.document import DataFlow
from rekbridge.residency.policy.places import JURISDICTIONS
from rekbridge.residency.policy.reading import create_policy, read_policy
from rekbridge.support.errors import OperatorError
from rekbridge_lambda.domain.regions import REGIONS
from typer.testing import CliRunner

from tests.many_variables import evaluate_policies
from tests.plan.conftest import EXAMPLE
from tests.plan.terraform_plan import TerraformPlan
from tests.plan.test_retention import find_lifecycle_rules
from tests.policy_mutations import ORIGINAL, create_mutations, is_visible

# The soak has 200 (tests/performance/residency_mutations.py).
MUTATIONS, SEED = 40, 11


@pytest.fixture(scope="module")
def example() -> DataFlow:
    """The document of the example."""
    return read_policy(EXAMPLE)


def test_every_change_of_region_transfer_and_retention_shows_in_the_line_that_names_it() -> None:
    mutations = create_mutations(SEED, MUTATIONS)
    assert {mutation.kind for mutation in mutations} == {"region", "transfer", "retention"}
    values = evaluate_policies([ORIGINAL, ORIGINAL, *(mutation.variables for mutation in mutations)])
    original, same, *changed = (markdown.render(create_policy(value)) for value in values)
    invisible = [
        mutation
        for mutation, document in zip(mutations, changed, strict=True)
        if not is_visible(original, document, mutation)
    ]
    assert (invisible, same) == ([], original)


@pytest.mark.parametrize("written_as", ["markdown", "json"])
def test_the_command_writes_the_same_bytes_for_the_same_variables(written_as: str, example: DataFlow) -> None:
    result = CliRunner().invoke(app, ["residency", "policy", "--tfvars", str(EXAMPLE), "--format", written_as])
    render = json_document.render if written_as == "json" else markdown.render
    assert (result.exit_code, result.stdout) == (0, render(example))


def test_the_json_has_what_the_markdown_says(example: DataFlow) -> None:
    document = json.loads(json_document.render(example))
    assert document["home"] == {"region": "eu-west-3", "name": "Europe (Paris)", "jurisdiction": "EU"}
    assert [(flow["operation"], flow["transfer"]) for flow in document["flows"] if flow["source"] == "uploads"] == [
        ("faces", "bytes"),
        ("labels", "bytes"),
        ("text", "staged"),
    ]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ("allowed_regions = []\noperations = { text = {} }", "Staged copies would be stored in eu-west-1"),
        (
            'allowed_regions = ["eu-west-1"]\noperations = { text = { transfer = "fax" } }',
            "transfer is bytes or staged",
        ),
        ('allowed_regions = ["eu-west-1"]\noperations = { text = {} }\nstaging_ttl_h = 25', "staging_ttl_h is 25"),
        (
            'allowed_regions = ["eu-west-1"]\noperations = { labels = { settings = { MaxLables = 5 } } }',
            "labels has no setting MaxLables",
        ),
        (
            'allowed_regions = ["eu-west-1"]\noperations = { text = { region = "eu-west-1" } }',
            "operations, text: no region",
        ),
    ],
)
def test_invalid_variables_give_the_modules_own_message(tmp_path: Path, variables: str, message: str) -> None:
    tfvars = tmp_path / "my.tfvars"
    tfvars.write_text(f'home_region = "eu-west-3"\nremote_region = "eu-west-1"\n{variables}\n')
    with pytest.raises(OperatorError) as error:
        read_policy(tfvars)
    assert message in " ".join(str(error.value).replace("│", "").split())


def test_every_jurisdiction_has_a_name() -> None:
    assert JURISDICTIONS.keys() == {region.jurisdiction for region in REGIONS.values()}


def test_the_document_names_the_retention_that_is_planned(plan: TerraformPlan) -> None:
    rules = {name: find_lifecycle_rules(plan, f"module.home.module.{name}") for name in ("prepared", "media")}
    staging = find_lifecycle_rules(plan, "module.remote.module.staging")
    assert staging["current"]["expiration"][0]["days"] == retention.STAGED_DAYS
    assert rules["prepared"]["current"]["expiration"][0]["days"] == retention.PREPARED_DAYS
    noncurrent = rules["media"]["noncurrent"]["noncurrent_version_expiration"][0]["noncurrent_days"]
    assert noncurrent == retention.OLD_ORIGINAL_DAYS
    abort = staging["incomplete-uploads"]["abort_incomplete_multipart_upload"][0]["days_after_initiation"]
    assert abort == retention.INCOMPLETE_UPLOAD_DAYS


def test_the_document_names_the_retention_of_messages_that_is_planned(plan: TerraformPlan) -> None:
    queues = {
        queue.values["name"]: queue.values["message_retention_seconds"] for queue in plan.find_all("aws_sqs_queue")
    }
    days = {name: seconds // (24 * 3600) for name, seconds in queues.items()}
    assert days.pop("rekbridge-events-delivery-dlq") == retention.REMOTE_DLQ_DAYS
    assert {days[name] for name in days if name.endswith("-dlq")} == {retention.DLQ_DAYS}
    assert {days[name] for name in days if not name.endswith("-dlq")} == {retention.QUEUE_DAYS}
