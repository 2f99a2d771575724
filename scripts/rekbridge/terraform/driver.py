"""Runs Terraform for one deployment, with its state and working files in a folder outside of the checkout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.emulator.state import APPLYING
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.terraform import changes, partial_resources, processes, progress, root_files, running, tree
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.messages import ApplyMessages, ChangeCounts, ShowProgress
from rekbridge.terraform.state_recovery import StateCopies
from rekbridge.terraform.variables import build_var_file_options


@dataclass(frozen=True)
class Terraform:
    """Terraform for one deployment. `folder` holds its state, its variables, its copy of the configuration and data.

    `environment` is the complete environment of the process: see rekbridge.terraform.environment.
    """

    folder: Path
    environment: Mapping[str, str]
    variables: Mapping[str, Any]
    # The operator's file of variables, if there is one. `variables` overrides it.
    tfvars: Path | None = None
    # Gets the warnings.
    notify: Notify = lambda _: None
    # The folder of the built zips. They are copied beside the root module, so that their path is the same everywhere.
    packages: Path | None = None

    @property
    def root(self) -> Path:
        """The root module, in this deployment's copy of the configuration."""
        return self.folder / "tree" / "terraform"

    @property
    def data_folder(self) -> Path:
        """Terraform's own folder: modules, providers, and which backend has the state."""
        return get_data_folder(self.folder)

    @property
    def state_file(self) -> Path:
        """The state, if it is kept on this machine."""
        return self.folder / "terraform.tfstate"

    @property
    def plan_file(self) -> Path:
        """The last saved plan."""
        return self.folder / "plan"

    def init(self) -> None:
        """Copy the current configuration and the packages, and run `terraform init`."""
        tree.copy_configuration(self.folder / "tree")
        if self.packages:
            root_files.link_packages(self.packages, self.root)
        # The operator's files are for accounts only: the state of an emulator is kept with the emulator's files.
        tfvars = self.tfvars if self.variables["target"] == "aws" else None
        if self.variables["target"] == "aws" and root_files.copy_backend(tfvars, self.root):
            # Terraform itself refuses a change from one backend to another. A local state is the caller's to find.
            options = ["-reconfigure"] if self.state_file.exists() else []
            root_files.init_with_lock_file(tfvars, self.root, self._full_environment, *options)
            return
        root_files.write_local_backend(self.root, self.state_file)
        root_files.init_with_lock_file(tfvars, self.root, self._full_environment, "-reconfigure", keep=False)

    def reinit(self) -> None:
        """Run `terraform init` for a configuration that is in its place already, with its lock file, unchanged."""
        running.init(self.root, self._full_environment, "-reconfigure", "-lockfile=readonly")

    def apply(self, show: ShowProgress) -> ChangeCounts:
        """Plan and apply at once. Raises TerraformError with Terraform's complete errors."""
        with processes.mark_while_running(self.folder / APPLYING):
            return self._run_with_progress(["apply", "-auto-approve", *self._variable_options], show)

    def create_plan(
        self, show: ShowProgress, variables: Mapping[str, Any] | None = None, *, will_apply: bool = True
    ) -> PlannedChanges:
        """Save a plan in `plan_file` and return what it changes, for these root variables or for the deployment's own.

        Resources that an earlier apply has made in part are completed, not replaced, if the plan is to be applied. A
        plan that only shows does not write the state, which takes a permission and a lock. Raises TerraformError.
        """
        if will_apply:
            self.keep_partial_resources()
        else:
            self._name_partial_resources()
        options = self._variable_options if variables is None else self._write_variables(variables)
        self.plan_file.unlink(missing_ok=True)
        self._run_with_progress(["plan", *options, f"-out={self.plan_file}"], show)
        # It has every value of the state.
        self.plan_file.chmod(0o600)
        return PlannedChanges.from_document(self.show_plan())

    def apply_plan(self, planned: PlannedChanges, show: ShowProgress) -> ChangeCounts:
        """Apply `plan_file`, which has these changes, and nothing else. Raises TerraformError."""
        with processes.mark_while_running(self.folder / APPLYING):
            try:
                return self._run_with_progress(["apply", str(self.plan_file)], show, planned.counts)
            except running.TerraformError:
                # Here, where the state may be written: who plans next may be allowed to read it only.
                try:
                    self.keep_partial_resources()
                except OperatorError as error:
                    # The next deploy does it. Why the apply failed matters more.
                    self.notify(f"What was made in part could not be marked for completion: {error}")
                raise

    def keep_partial_resources(self) -> None:
        """Make the next plan complete what an apply has made in part, and say so. Raises TerraformError."""
        for address in partial_resources.find_tainted(self._run(["state", "pull"])):
            self._run(["untaint", address])
            self.notify(f"{address} was made in part. It is completed, not replaced.")

    def _name_partial_resources(self) -> None:
        for address in partial_resources.find_tainted(self._run(["state", "pull"])):
            self.notify(f"{address} was made in part. A deploy completes it; this plan shows it as replaced.")

    def show_plan(self) -> dict[str, Any]:
        """Return `plan_file` as Terraform's JSON document. Raises TerraformError."""
        document: dict[str, Any] = json.loads(self._run(["show", "-json", str(self.plan_file)]))
        return document

    def destroy(self, show: ShowProgress) -> ChangeCounts:
        """Run `terraform destroy`. Raises TerraformError with Terraform's complete errors."""
        return self._run_with_progress(["destroy", "-auto-approve", *self._variable_options], show)

    def plan(self, show: ShowProgress = lambda *_: None) -> list[dict[str, Any]]:
        """Return the resources that an apply would change, in the form of `resource_changes` of Terraform's JSON."""
        self.create_plan(show, will_apply=False)
        return list(changes.select_changes(self.show_plan()))

    def read_outputs(self) -> dict[str, Any]:
        """Return the root module's outputs by name."""
        outputs = json.loads(self._run(["output", "-json"]))
        return {name: output["value"] for name, output in outputs.items()}

    def read_state(self) -> dict[str, Any]:
        """Return the state in the form of `terraform show -json`."""
        state: dict[str, Any] = json.loads(self._run(["show", "-json"]))
        return state

    def read_lineage(self) -> str:
        """Return the id that Terraform gave the state when it began; "" if there is none."""
        return str(json.loads(self._run(["state", "pull"]) or "{}").get("lineage", ""))

    @property
    def _full_environment(self) -> dict[str, str]:
        return {**self.environment, processes.DATA_FOLDER_VARIABLE: str(self.data_folder)}

    @property
    def _variable_options(self) -> list[str]:
        packages = {"package_dir": root_files.PACKAGES_PATH} if self.packages else {}
        # Where files disagree, Terraform uses the last one.
        return build_var_file_options(self.tfvars) + self._write_variables({**self.variables, **packages})

    def _write_variables(self, variables: Mapping[str, Any]) -> list[str]:
        file = self.folder / "variables.tfvars.json"
        file.write_text(json.dumps(variables, indent=2, sort_keys=True) + "\n")
        return build_var_file_options(file)

    def _run(self, arguments: list[str]) -> str:
        return running.run(self.root, arguments, self._full_environment)

    def _run_with_progress(
        self, arguments: list[str], show: ShowProgress, planned: ChangeCounts | None = None
    ) -> ChangeCounts:
        messages, copies = ApplyMessages(show, planned or ChangeCounts()), StateCopies(self.folder)
        copies.begin()

        def read_line(line: str) -> None:
            messages.read_line(line)
            copies.keep()

        # Options come before the operand, which only `apply` has.
        command = running.build_command(self.root, [arguments[0], "-json", "-input=false", *arguments[1:]])
        try:
            code = progress.run(command, self._full_environment, self.folder / "terraform.log", read_line)
        finally:
            copies.keep()
            # If Terraform itself was killed, its plugins go on.
            processes.end_plugins(self.data_folder)
        for warning in messages.warnings:
            self.notify(warning)
        if code != 0:
            raise running.TerraformError(messages.errors or [f"exit code {code}"])
        return messages.planned_changes


def get_data_folder(folder: Path) -> Path:
    """Return Terraform's own folder in the folder of a deployment."""
    return folder / "data"
