"""What the configuration makes of an operator's variables, before anything is deployed, and without an account."""

import json
import tempfile
from pathlib import Path
from typing import Any

from rekbridge.terraform import driver, environment, tree


def evaluated(tfvars: Path, expression: str) -> Any:
    """The value of an expression of the root module. Raises OperatorError with what Terraform finds wrong."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-console-") as folder:
        root = tree.copy(Path(folder) / "tree")
        told = environment.of_nobody() | {"TF_DATA_DIR": f"{folder}/data"}
        driver.init(root, told)
        done = driver.attempt(root, ["console", *driver.var_files(tfvars)], told, f"jsonencode({expression})\n")
    # Terraform answers also where it has found errors, if it can.
    if done.returncode != 0 or "Error: " in done.stderr:
        raise driver.failed(done.stderr.partition("!!!!")[0].strip())
    # A string as Terraform writes it: JSON's, but for the marks of a template.
    text = json.loads(done.stdout.strip().splitlines()[-1])
    return json.loads(text.replace("$${", "${").replace("%%{", "%{"))
