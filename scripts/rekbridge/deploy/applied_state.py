"""What a deployment has, by its Terraform state: the resources that hold data, make new work, or may be left over.

The outputs are not enough. `terraform destroy` removes them from the state before it deletes the first resource (seen
with Terraform 1.11), so a destroy that stopped half-way would find no name of a bucket any more.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rekbridge.terraform.driver import Terraform

# The attribute with the name by which AWS's API knows a resource of this type.
NAMES = {
    "aws_s3_bucket": "bucket",
    "aws_dynamodb_table": "name",
    "aws_sqs_queue": "url",
    "aws_lambda_event_source_mapping": "uuid",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_sns_topic": "arn",
    "aws_kms_key": "key_id",
    "aws_secretsmanager_secret": "name",
}
# In the deployment's folder while it is removed: what was there when the removal began.
RECORD = "removal.json"


@dataclass(frozen=True, slots=True)
class AppliedResource:
    """One resource in the state. `protected`: AWS or Terraform refuses to delete it with what is in it."""

    type: str
    name: str
    region: str
    arn: str
    address: str
    protected: bool = False

    @property
    def account(self) -> str:
        """The account, "" in an ARN of S3."""
        return self.arn.split(":")[4]

    @property
    def is_staging(self) -> bool:
        """Whether it is the staging bucket, which holds copies of images abroad."""
        return self.type == "aws_s3_bucket" and "module.staging." in self.address


@dataclass(frozen=True, slots=True)
class AppliedState:
    """The resources, and Terraform's output `deployment`: empty before an apply has ended and once a destroy begins."""

    resources: tuple[AppliedResource, ...]
    deployment: Mapping[str, Any] = field(default_factory=dict)
    # What an unfinished removal had found, and Terraform has removed since. It is only looked for: something else may
    # have its names by now.
    recorded: tuple[AppliedResource, ...] = ()
    # Terraform's id of the state, which it gets when it begins. "" for no state.
    lineage: str = ""

    @property
    def is_ephemeral(self) -> bool:
        """Whether it may be destroyed with the data in it.

        A deployment of a version before the variable `ephemeral` is not. Without outputs the resources decide.
        """
        applied = not self.deployment or self.deployment.get("ephemeral") is True
        return applied and not any(resource.protected for resource in self.resources)

    def select(self, kind: str) -> list[AppliedResource]:
        """Return the resources of a type; the staging bucket first."""
        return sorted(
            (resource for resource in self.resources if resource.type == kind),
            key=lambda resource: (not resource.is_staging, resource.name),
        )


def read_applied_state(terraform: Terraform) -> AppliedState:
    """Read what the state has."""
    # Without any resource and output the state has no values.
    values = terraform.read_state().get("values", {})
    deployment = values.get("outputs", {}).get("deployment", {}).get("value") or {}
    resources = {resource.arn: resource for resource in _find_resources(values.get("root_module", {}))}
    return AppliedState(tuple(resources.values()), deployment, lineage=terraform.read_lineage())


def add_recorded(terraform: Terraform, state: AppliedState, account: str) -> AppliedState:
    """Add what an unfinished removal of the same state in the same account has recorded."""
    document = _read_record(terraform, state)
    if (document.get("lineage"), document.get("account")) != (state.lineage, account):
        return state
    found = {resource.arn for resource in state.resources}
    rows = [AppliedResource(**row) for row in document["resources"]]
    return replace(state, recorded=tuple(row for row in rows if row.arn not in found))


def find_region(terraform: Terraform, state: AppliedState) -> str | None:
    """Return a region in which there is something, by the state or by the record; None if there is nothing."""
    rows = _read_record(terraform, state).get("resources", [])
    regions = [*(resource.region for resource in state.resources), *(row["region"] for row in rows)]
    return regions[0] if regions else None


def record_removal(terraform: Terraform, state: AppliedState, account: str) -> None:
    """Write down what is there, so that a removal that is taken up again looks for all of it."""
    record = terraform.folder / RECORD
    draft = record.with_suffix(".draft")
    document = {
        "lineage": state.lineage,
        "account": account,
        "resources": [asdict(resource) for resource in (*state.resources, *state.recorded)],
    }
    draft.write_text(json.dumps(document, indent=2) + "\n")
    draft.replace(record)


def delete_record(terraform: Terraform) -> None:
    """Forget the removal: it has ended, or something was deployed since."""
    (terraform.folder / RECORD).unlink(missing_ok=True)


def _read_record(terraform: Terraform, state: AppliedState) -> dict[str, Any]:
    record = terraform.folder / RECORD
    # With outputs, something was deployed after the removal that left the record.
    if state.deployment or not record.exists():
        return {}
    document = json.loads(record.read_text())
    # An older version has written a list.
    return document if isinstance(document, dict) else {}


def _find_resources(module: Mapping[str, Any]) -> Iterator[AppliedResource]:
    for row in module.get("resources", []):
        # What a killed apply was creating has no ARN yet. It holds no data, as what writes there is created after it:
        # Terraform destroys it.
        if row["mode"] == "managed" and row["type"] in NAMES and _is_created(row["type"], row["values"]):
            yield _read_resource(row["type"], row["address"], row["values"])
    for child in module.get("child_modules", []):
        yield from _find_resources(child)


def _is_created(kind: str, values: Mapping[str, Any]) -> bool:
    return bool(values.get(NAMES[kind]) and (values.get("arn") or values.get("function_arn")))


def _read_resource(kind: str, address: str, values: Mapping[str, Any]) -> AppliedResource:
    # A mapping has no ARN of its own in every version of the provider, and an ARN of S3 has no region.
    arn = values.get("arn") or f"{values.get('function_arn')}/{values.get('uuid')}"
    region = values["region"] if kind == "aws_s3_bucket" else arn.split(":")[3]
    protected = (kind == "aws_s3_bucket" and not values.get("force_destroy")) or bool(
        values.get("deletion_protection_enabled")
    )
    return AppliedResource(kind, values[NAMES[kind]], region, arn, address, protected)
