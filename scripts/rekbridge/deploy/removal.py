"""Removes an ephemeral deployment: empties the staging bucket abroad first, then the others; Terraform does the rest.

It can be interrupted anywhere and called again: what is there is in the Terraform state, and what was there when the
removal began is in a file in the deployment's folder (rekbridge.deploy.applied_state).
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Self

from rekbridge.deploy.applied_state import (
    AppliedResource,
    AppliedState,
    add_recorded,
    delete_record,
    find_region,
    read_applied_state,
    record_removal,
)
from rekbridge.deploy.bucket_emptying import close_bucket, empty_bucket
from rekbridge.deploy.leftovers import find_key_deletion_date, find_leftovers
from rekbridge.deploy.loss_report import Loss, format_losses, list_losses
from rekbridge.deploy.new_work import stop_new_work
from rekbridge.deploy.session import open_session
from rekbridge.read_models.deployment import ClientFactory
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.evaluation import evaluate_expression
from rekbridge.terraform.messages import ChangeCounts, ShowProgress
from rekbridge.terraform.state_recovery import restore_truncated_state

RUNBOOK = "docs/removing.md"


@dataclass(frozen=True)
class Removal:
    """A removal that may begin: the applied state is ephemeral."""

    terraform: Terraform
    state: AppliedState
    create_client: ClientFactory
    # The account of the credentials and of the deployment.
    account: str = ""

    @classmethod
    def prepare(cls, terraform: Terraform, create_client: ClientFactory | None = None) -> Self:
        """Read what is applied, and change nothing.

        Raises OperatorError, with what would be lost, if that is not ephemeral: the applied state decides, not the
        operator's variables. Raises OperatorError if the credentials are of another account.
        """
        restore_truncated_state(terraform.folder, terraform.notify)
        _, create = open_session(terraform, terraform.variables["target"])
        removal = cls(terraform, read_applied_state(terraform), create_client or cache(create))
        account = removal.read_own_account()
        removal = replace(removal, account=account, state=add_recorded(terraform, removal.state, account))
        if not removal.state.is_ephemeral:
            losses = format_losses(removal.list_losses())
            raise OperatorError(
                f"Nothing was removed. The deployment is not ephemeral, and has:\n{losses}",
                advise_refused(terraform.tfvars),
            )
        return removal

    def read_own_account(self) -> str:
        """Return the account, "" if there is nothing to remove.

        Raises OperatorError if the credentials are of another account: it may have the same names.
        """
        accounts = {account for resource in self.state.resources if (account := resource.account)}
        region = find_region(self.terraform, self.state)
        if region is None:
            return ""
        account = str(self.create_client("sts", region).get_caller_identity()["Account"])
        if accounts - {account}:
            raise OperatorError(
                f"Your credentials are of account {account}; the deployment is in {', '.join(sorted(accounts))}. "
                "Nothing was removed.",
                "Use the credentials of the deployment's account, then run the command again.",
            )
        return account

    def read_prefix(self) -> str:
        """Return the prefix of the deployment, from its variables if its outputs are gone."""
        tfvars = self.terraform.tfvars
        prefix = self.state.deployment.get("prefix") or (tfvars and evaluate_expression(tfvars, "var.prefix"))
        return str(prefix or "")

    def list_losses(self) -> list[Loss]:
        """Count what the removal deletes with the resources."""
        return list_losses(self.state, self.create_client)

    def run(self, show: ShowProgress) -> ChangeCounts:
        """Remove everything. Raises OperatorError if a step fails; the staging bucket is emptied nevertheless."""
        self._require_unchanged()
        record_removal(self.terraform, self.state, self.account)
        try:
            show("stopping the consumers of all queues", 0, 0)
            stop_new_work(self.state, self.create_client)
        finally:
            self._drain_staging(show)
        for bucket in self.state.select("aws_s3_bucket"):
            self._drain(bucket, show)
        try:
            changes = self.terraform.destroy(show)
        except OperatorError:
            # Terraform deletes the bucket's policy early: by then a copy may have been written again.
            self._drain_staging(show)
            raise
        show("looking for leftovers", 0, 0)
        self._require_no_leftovers()
        delete_record(self.terraform)
        return changes

    def list_delayed_deletions(self) -> list[str]:
        """After the removal: a line for each key that AWS deletes later, on which day."""
        dates = {key.name: find_key_deletion_date(key, self.create_client) for key in self._list_keys()}
        return [
            f"AWS deletes the key {key} on {date}; until then it costs nothing." for key, date in dates.items() if date
        ]

    def _require_unchanged(self) -> None:
        """Raise OperatorError if something was deployed since `prepare`: the operator may have decided hours later."""
        current = read_applied_state(self.terraform)
        if not current.is_ephemeral or set(current.resources) != set(self.state.resources):
            raise OperatorError(
                "The deployment has changed since its contents were shown. Nothing was removed.",
                "Run the command again, and look at what it shows.",
            )

    def _list_keys(self) -> list[AppliedResource]:
        recorded = [resource for resource in self.state.recorded if resource.type == "aws_kms_key"]
        return self.state.select("aws_kms_key") + recorded

    def _drain_staging(self, show: ShowProgress) -> None:
        for bucket in self.state.select("aws_s3_bucket"):
            if bucket.is_staging:
                self._drain(bucket, show)

    def _drain(self, bucket: AppliedResource, show: ShowProgress) -> None:
        """Close a bucket and empty it; empty it also if it cannot be closed."""
        s3, deleted = self.create_client("s3", bucket.region), 0

        def count_deleted(more: int) -> None:
            nonlocal deleted
            deleted += more
            show(f"{deleted:,} versions in {bucket.name}", 0, 0)

        show(bucket.name, 0, 0)
        try:
            close_bucket(s3, bucket.name, bucket.arn, owner=self.account)
        finally:
            empty_bucket(s3, bucket.name, count_deleted, owner=self.account)

    def _require_no_leftovers(self) -> None:
        if leftovers := find_leftovers(self.state, self.create_client):
            lines = "\n".join(f"  {resource.arn}" for resource in leftovers)
            raise OperatorError(
                f"Terraform has destroyed the deployment, but AWS still has:\n{lines}",
                f"Run the command again; if they stay, delete them: {RUNBOOK}.",
            )


def remove_deployment(terraform: Terraform, show: ShowProgress) -> ChangeCounts:
    """Remove an ephemeral deployment with the data in it. Raises OperatorError if it is not ephemeral."""
    return Removal.prepare(terraform).run(show)


def advise_refused(tfvars: Path | None) -> str:
    """Say what to do when the applied state is not ephemeral."""
    if tfvars and evaluate_expression(tfvars, "var.ephemeral") is True:
        return (
            f"{tfvars} has ephemeral = true, but that is not deployed yet: deploy it first, then run this command "
            f"again. What to keep, and how: {RUNBOOK}."
        )
    return (
        f"To lose all of it: set ephemeral = true in {tfvars or 'your variables'}, deploy, then run this command "
        f"again. What to keep, and how: {RUNBOOK}."
    )
