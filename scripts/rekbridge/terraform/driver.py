"""Runs Terraform for one deployment, with its state and working files in a folder outside of the checkout."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.emulator.state import APPLYING
from rekbridge.support import locks
from rekbridge.support.notify import Notify
from rekbridge.terraform import running, tree
from rekbridge.terraform.messages import ApplyMessages, ChangeCounts, ShowProgress
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

    @property
    def root(self) -> Path:
        """The root module, in this deployment's copy of the configuration."""
        return self.folder / "tree" / "terraform"

    def init(self) -> None:
        """Copy the current configuration and run `terraform init`."""
        tree.copy_configuration(self.folder / "tree")
        # The operator's backend is for accounts only: the state of an emulator is kept with the emulator's files.
        if self.variables["target"] == "aws" and self._copy_backend_override():
            running.init(self.root, self._full_environment)
            return
        local = {"terraform": {"backend": {"local": {"path": str(self.folder / "terraform.tfstate")}}}}
        (self.root / "backend_override.tf.json").write_text(json.dumps(local))
        running.init(self.root, self._full_environment, "-reconfigure")

    def apply(self, show: ShowProgress) -> ChangeCounts:
        """Run `terraform apply`. Raises OperatorError with Terraform's complete errors."""
        marker = self.folder / APPLYING
        marker.touch()
        try:
            return self._run_with_progress(["apply", "-auto-approve", *self._variable_options], show)
        finally:
            marker.unlink()

    def destroy(self, show: ShowProgress) -> ChangeCounts:
        """Run `terraform destroy`. Raises OperatorError with Terraform's complete errors."""
        return self._run_with_progress(["destroy", "-auto-approve", *self._variable_options], show)

    def plan(self, show: ShowProgress = lambda *_: None) -> list[dict[str, Any]]:
        """Return the resources that an apply would change, in the form of `resource_changes` of Terraform's JSON."""
        plan_file = self.folder / "plan"
        self._run_with_progress(["plan", *self._variable_options, f"-out={plan_file}"], show)
        changes = json.loads(self._run(["show", "-json", str(plan_file)])).get("resource_changes", [])
        return [change for change in changes if change["change"]["actions"] not in (["no-op"], ["read"])]

    def read_outputs(self) -> dict[str, Any]:
        """Return the root module's outputs by name."""
        outputs = json.loads(self._run(["output", "-json"]))
        return {name: output["value"] for name, output in outputs.items()}

    def read_state(self) -> dict[str, Any]:
        """Return the applied `outputs` and `root_module` as `terraform show -json` does; empty if there are none."""
        values: dict[str, Any] = json.loads(self._run(["show", "-json"])).get("values", {})
        return values

    def _copy_backend_override(self) -> bool:
        """Copy the backend_override.tf beside the tfvars file, if there is one. Returns whether there is one now.

        One in the checkout's terraform/ is in the copy already.
        """
        target = self.root / "backend_override.tf"
        if self.tfvars and (source := self.tfvars.with_name(target.name)).exists():
            shutil.copyfile(source, target)
        return target.exists()

    @property
    def _full_environment(self) -> dict[str, str]:
        return {**self.environment, "TF_DATA_DIR": str(self.folder / "data")}

    @property
    def _variable_options(self) -> list[str]:
        file = self.folder / "variables.tfvars.json"
        file.write_text(json.dumps(self.variables, indent=2, sort_keys=True) + "\n")
        # Where files disagree, Terraform uses the last one.
        return build_var_file_options(self.tfvars) + build_var_file_options(file)

    def _run(self, arguments: list[str]) -> str:
        return running.run(self.root, arguments, self._full_environment)

    def _run_with_progress(self, arguments: list[str], show: ShowProgress) -> ChangeCounts:
        messages = ApplyMessages(show)
        with subprocess.Popen(
            running.build_command(self.root, [*arguments, "-json", "-input=false"]),
            env=self._full_environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # If this process is killed, Terraform finishes what it has begun. Until then it is nobody else's turn.
            pass_fds=locks.list_held_until_exit(),
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    messages.read_line(line)
            except KeyboardInterrupt:
                # Terraform got the same Ctrl-C. Wait: it writes its state and ends by itself.
                process.stdout.read()
                process.wait()
                raise
        for warning in messages.warnings:
            self.notify(warning)
        if process.returncode != 0:
            raise running.to_operator_error("\n\n".join(messages.errors) or f"exit code {process.returncode}")
        return messages.planned_changes
