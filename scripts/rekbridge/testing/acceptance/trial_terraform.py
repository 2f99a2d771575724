"""Terraform for a trial: its state is in the trial's folder, whatever backend the operator's deployment uses."""

import json

from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running, tree
from rekbridge.terraform.driver import Terraform


class TrialTerraform(Terraform):
    """A trial that used the operator's backend would replace and destroy the operator's deployment."""

    def init(self) -> None:
        """Copy the current configuration without override files, and run `terraform init` with a local state."""
        tree.copy_configuration(self.folder / "tree")
        for file in self.root.glob("*override.tf*"):
            file.unlink()
        state = self.folder / "terraform.tfstate"
        local = {"terraform": {"backend": {"local": {"path": str(state)}}}}
        (self.root / "backend_override.tf.json").write_text(json.dumps(local))
        running.init(self.root, self._full_environment, "-reconfigure")
        # Terraform's own record of the backend that it uses.
        backend = json.loads((self.folder / "data" / "terraform.tfstate").read_text())["backend"]
        if (backend["type"], backend["config"]["path"]) != ("local", str(state)):
            raise OperatorError(
                f"Terraform would keep the trial's state elsewhere: in the backend {backend['type']}.",
                "Nothing was changed. Remove what sets a backend in your copy of terraform/.",
            )
