"""Evaluates Terraform expressions for an operator's variables, without an account and before anything is deployed."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rekbridge.terraform import environment, running, tree, unknown_attributes
from rekbridge.terraform.variables import build_var_file_options

PROVIDERS = [{"alias": alias} for alias in ("home", "remote", "secrets")]

# Takes a file of variables and an expression.
type Evaluate = Callable[[Path, str], Any]

# What `terraform console` and `terraform plan` print for a variable without a value.
UNKNOWN_VALUE, MISSING_VALUE = "after apply", "No value for required variable"


def evaluate_expression(tfvars: Path, expression: str) -> Any:
    """Return the value of an expression of modules/rekbridge. Raises OperatorError with Terraform's errors."""
    with open_console() as evaluate:
        return evaluate(tfvars, expression)


@contextmanager
def open_console() -> Iterator[Evaluate]:
    """Yield `evaluate_expression` for many files: the configuration is copied and initialised once."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-console-") as folder:
        root = tree.copy_configuration(Path(folder) / "tree").parent / "modules" / "rekbridge"
        # The console evaluates names of the root module only: so the composition is the root here, and needs providers.
        (root / "providers.tf.json").write_text(json.dumps({"provider": {"aws": PROVIDERS}}))
        isolated = environment.build_isolated_environment() | {"TF_DATA_DIR": f"{folder}/data"}
        running.init(root, isolated)
        yield partial(_evaluate, root, isolated)


def _evaluate(root: Path, isolated: dict[str, str], tfvars: Path, expression: str) -> Any:
    console = running.run_unchecked(
        root,
        ["console", *build_var_file_options(tfvars)],
        isolated,
        f"jsonencode([{expression}, {unknown_attributes.ATTRIBUTES_EXPRESSION}])\n",
    )
    output = console.stdout.strip()
    # The console may print a value although it found errors. jsonencode returns a string: a value ends in a quote.
    if console.returncode != 0 or "Error: " in console.stderr or not output.endswith('"'):
        unset = UNKNOWN_VALUE in output + console.stderr and _find_unset_variables(root, tfvars, isolated)
        raise running.to_operator_error(unset or console.stderr.partition("!!!!")[0].strip())
    # Terraform writes strings as JSON does, except that it escapes template markers.
    text = json.loads(output.splitlines()[-1])
    value, attributes = json.loads(text.replace("$${", "${").replace("%%{", "%{"))
    with tempfile.TemporaryDirectory(prefix="rekbridge-variables-") as scratch:
        unknown_attributes.reject_unknown_attributes(tfvars, attributes, Path(scratch) / "variables", isolated)
    return value


def _find_unset_variables(root: Path, tfvars: Path, isolated: dict[str, str]) -> str:
    """Return Terraform's errors about variables without a value, or "".

    It takes a plan to find them: the console treats such variables as unknown values.
    """
    plan = running.run_unchecked(root, ["plan", "-input=false", *build_var_file_options(tfvars)], isolated)
    return plan.stderr.strip() if MISSING_VALUE in plan.stderr else ""
