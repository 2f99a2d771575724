"""What a plan changes, from `terraform show -json`: every delete and replace by address, the rest by type."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from rekbridge.terraform.messages import ChangeCounts

type ChangeAction = Literal["create", "update", "replace", "delete", "forget"]

# Terraform's lists of actions. Reading a data source and doing nothing are no changes.
ACTIONS: dict[tuple[str, ...], ChangeAction] = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
    ("create", "forget"): "forget",
}
# What is lost with one of these cannot be made again from the configuration.
DATA_BY_TYPE = {
    "aws_sqs_queue": "its messages",
    "aws_dynamodb_table": "its items",
    "aws_s3_bucket": "its objects",
    "aws_secretsmanager_secret": "its value, and with it the ids of all images",
    "aws_secretsmanager_secret_version": "its value, and with it the ids of all images",
    "aws_kms_key": "whatever is encrypted with it",
    "aws_cloudwatch_log_group": "its log lines",
}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One resource that an apply would change. `before` has its values now, and is empty if there is none yet."""

    address: str
    type: str
    action: ChangeAction
    before: Mapping[str, Any]
    # The attributes that make an update impossible, if it is a replace.
    forced_by: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read an entry of `resource_changes`."""
        change = document["change"]
        return cls(
            address=document["address"],
            type=document["type"],
            # An action that this table does not know is shown as the worst.
            action=ACTIONS.get(tuple(change["actions"]), "replace"),
            before=change["before"] or {},
            forced_by=tuple(str(path[0]) for path in change.get("replace_paths", [])),
        )

    @property
    def lost_data(self) -> str | None:
        """The data that is lost, in words, or None if the change loses none."""
        return DATA_BY_TYPE.get(self.type) if self.action in {"delete", "replace"} else None


@dataclass(frozen=True, slots=True)
class PlannedChanges:
    """Everything that an apply would change."""

    changes: tuple[PlannedChange, ...]
    # What has data and is gone in AWS already, or in the region where Terraform looks: an apply would go on without it.
    gone: tuple[PlannedChange, ...] = ()
    # Names of outputs that get another value.
    outputs: tuple[str, ...] = ()
    # The deployment's output before the apply. None if nothing is deployed.
    deployed: Mapping[str, Any] | None = None
    # The values of the root variables, by name.
    variables: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read the complete document of `terraform show -json`."""
        before = document.get("prior_state", {}).get("values", {}).get("outputs", {}).get("deployment", {})
        return cls(
            changes=tuple(PlannedChange.from_document(change) for change in select_changes(document)),
            gone=tuple(
                change
                for change in map(PlannedChange.from_document, document.get("resource_drift", []))
                if change.action == "delete" and change.lost_data
            ),
            outputs=tuple(
                name for name, change in document.get("output_changes", {}).items() if change["actions"] != ["no-op"]
            ),
            deployed=before.get("value"),
            variables={name: row["value"] for name, row in document["variables"].items() if "value" in row},
        )

    @property
    def are_none(self) -> bool:
        """Whether an apply would change nothing."""
        return not self.changes and not self.outputs

    @property
    def data_losses(self) -> list[PlannedChange]:
        """The deletes and replaces that lose data, by address; after them what is gone already."""
        return [*(change for change in self.removals if change.lost_data), *self.gone]

    @property
    def removals(self) -> list[PlannedChange]:
        """The changes that are listed by address: everything that takes a resource away."""
        taken = [change for change in self.changes if change.action not in {"create", "update"}]
        return sorted(taken, key=lambda change: change.address)

    @property
    def counts(self) -> ChangeCounts:
        """The counts, as Terraform counts: a replace is one addition and one removal."""
        by_action = Counter(change.action for change in self.changes)
        replaced = by_action["replace"]
        return ChangeCounts(by_action["create"] + replaced, by_action["update"], by_action["delete"] + replaced)

    def count_by_type(self, action: ChangeAction) -> Counter[str]:
        """Return how many resources of each type get an action."""
        return Counter(change.type for change in self.changes if change.action == action)

    def is_rest_of(self, earlier: "PlannedChanges") -> bool:
        """Whether this only creates and updates, and nothing that the earlier plan did not create or update."""
        shown = {(change.address, change.action) for change in earlier.changes}
        known = {change.address for change in earlier.gone}
        return all(change.address in known for change in self.gone) and all(
            change.action in {"create", "update"}
            and ((change.address, change.action) in shown or (change.address, "create") in shown)
            for change in self.changes
        )


def select_changes(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of `resource_changes` that change something."""
    for change in document.get("resource_changes", []):
        if change["change"]["actions"] not in (["no-op"], ["read"]):
            yield change
