"""What the configuration makes of an operator's variables, before anything is deployed, and without an account."""

import json
import tempfile
from pathlib import Path
from typing import Any

from rekbridge.terraform import environment, misspelt, running, tree
from rekbridge.terraform.variables import var_files

# What a console says of a variable that nobody has set, and what a plan says.
UNSET, REQUIRED = "after apply", "No value for required variable"


def evaluated(tfvars: Path, expression: str) -> Any:
    """The value of an expression of the root module. Raises OperatorError with what Terraform finds wrong."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-console-") as folder:
        root = tree.copy(Path(folder) / "tree")
        told = environment.of_nobody() | {"TF_DATA_DIR": f"{folder}/data"}
        running.init(root, told)
        done = running.attempt(
            root, ["console", *var_files(tfvars)], told, f"jsonencode([{expression}, {misspelt.ATTRIBUTES}])\n"
        )
        answer = done.stdout.strip()
        # Terraform answers also where it has found errors, if it can; jsonencode's answer is a string.
        if done.returncode != 0 or "Error: " in done.stderr or not answer.endswith('"'):
            unset = UNSET in answer + done.stderr and _unset(root, tfvars, told)
            raise running.failed(unset or done.stderr.partition("!!!!")[0].strip())
        # A string as Terraform writes it: JSON's, but for the marks of a template.
        text = json.loads(answer.splitlines()[-1])
        value, attributes = json.loads(text.replace("$${", "${").replace("%%{", "%{"))
        misspelt.refuse(tfvars, attributes, Path(folder) / "any", told)
    return value


def _unset(root: Path, tfvars: Path, told: dict[str, str]) -> str:
    """Which variables have no value, in Terraform's words: its console takes them as still to come, a plan does not."""
    # The packages are ours to name, not the operator's.
    planned = running.attempt(root, ["plan", "-input=false", "-var=package_dir=.", *var_files(tfvars)], told)
    return planned.stderr.strip() if REQUIRED in planned.stderr else ""
