"""Runs Terraform on the deployment, with its state and working files in a folder of their own."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.terraform import running, tree
from rekbridge.terraform.messages import Changes, Messages
from rekbridge.terraform.variables import var_files

Show = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Terraform:
    """One deployment: its folder holds the state, the variables and Terraform's data; the checkout stays clean.

    `environment` is Terraform's whole environment: see rekbridge.terraform.environment.
    """

    folder: Path
    environment: Mapping[str, str]
    variables: Mapping[str, Any]
    # The operator's own file of variables, if there is one; what stands in `variables` goes before it.
    tfvars: Path | None = None
    say: Callable[[str], None] = lambda _: None

    @property
    def root(self) -> Path:
        """The root module, in this deployment's copy of the configuration."""
        return self.folder / "tree" / "terraform"

    def init(self) -> None:
        """Take the configuration as it is now, and its provider."""
        tree.copy(self.folder / "tree")
        # An operator's own backend is for accounts; an emulator's state belongs beside the emulator's.
        if self.variables["target"] == "aws" and self._take_backend():
            running.init(self.root, self._environment)
            return
        local = {"terraform": {"backend": {"local": {"path": str(self.folder / "terraform.tfstate")}}}}
        (self.root / "backend_override.tf.json").write_text(json.dumps(local))
        running.init(self.root, self._environment, "-reconfigure")

    def apply(self, show: Show) -> Changes:
        """Bring the deployment to what the configuration says. Raises OperatorError with Terraform's errors in full."""
        return self._stream(["apply", "-auto-approve", *self._variables], show)

    def destroy(self, show: Show) -> Changes:
        """Remove all that the state knows."""
        return self._stream(["destroy", "-auto-approve", *self._variables], show)

    def plan(self, show: Show = lambda *_: None) -> list[dict[str, Any]]:
        """The resources that an apply would touch, as Terraform's JSON has them (`resource_changes`)."""
        planned = self.folder / "plan"
        self._stream(["plan", *self._variables, f"-out={planned}"], show)
        changes = json.loads(self._run(["show", "-json", str(planned)])).get("resource_changes", [])
        return [change for change in changes if change["change"]["actions"] not in (["no-op"], ["read"])]

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs."""
        found = json.loads(self._run(["output", "-json"]))
        return {name: output["value"] for name, output in found.items()}

    def _take_backend(self) -> bool:
        """Whether there is an operator's backend_override.tf, beside their variables or in terraform/."""
        taken = self.root / "backend_override.tf"
        if self.tfvars and (theirs := self.tfvars.with_name(taken.name)).exists():
            shutil.copyfile(theirs, taken)
        return taken.exists()

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.environment, "TF_DATA_DIR": str(self.folder / "data")}

    @property
    def _variables(self) -> list[str]:
        ours = self.folder / "variables.tfvars.json"
        ours.write_text(json.dumps(self.variables, indent=2, sort_keys=True) + "\n")
        # The last one counts.
        return var_files(self.tfvars) + var_files(ours)

    def _run(self, arguments: list[str]) -> str:
        return running.run(self.root, arguments, self._environment)

    def _stream(self, arguments: list[str], show: Show) -> Changes:
        messages = Messages(show)
        told = [*arguments, "-json", "-input=false"]
        with subprocess.Popen(
            running.command(self.root, told),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    messages.read(line)
            except KeyboardInterrupt:
                # Terraform got the same Ctrl-C: it ends in order and writes its state, if we let it.
                process.stdout.read()
                process.wait()
                raise
        for warning in messages.warnings:
            self.say(warning)
        if process.returncode != 0:
            raise running.failed("\n\n".join(messages.errors) or f"exit code {process.returncode}")
        return messages.planned
