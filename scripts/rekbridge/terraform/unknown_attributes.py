"""Rejects unknown attributes in the operator's object variables: Terraform drops them silently."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running
from rekbridge.terraform.variables import build_var_file_options

# Variable -> an expression of the attributes of each of its objects.
ATTRIBUTES_BY_VARIABLE = {
    "operations": "{for name, row in var.operations : name => keys(row)}",
    "function_settings": "{for name, row in var.function_settings : name => keys(row)}",
    "alarm_topics": "{topics = keys(var.alarm_topics)}",
    "sinks": "{for name, row in var.sinks : name => keys(row)}",
    "packages": "try({for name, row in var.packages : name => keys(row)}, {})",
    "alarms": "{thresholds = keys(var.alarms)}",
    "kms_key_arns": "{keys = keys(var.kms_key_arns)}",
    "network": "{network = try(keys(var.network), [])}",
    "log_destination": "{destination = try(keys(var.log_destination), [])}",
}
ATTRIBUTES_EXPRESSION = (
    "{" + ", ".join(f"{name} = {expression}" for name, expression in ATTRIBUTES_BY_VARIABLE.items()) + "}"
)

type Attributes = Mapping[str, Mapping[str, list[str]]]


def reject_unknown_attributes(tfvars: Path, known: Attributes, scratch: Path, environment: Mapping[str, str]) -> None:
    """Raise OperatorError if the tfvars file sets an attribute that is not in `known`.

    A misspelt `regions`, for example, would let images go to every allowed region. `scratch` is a folder to create.
    """
    scratch.mkdir()
    (scratch / "variables.tf").write_text(
        "".join(f'variable "{name}" {{\n  default = {{}}\n}}\n' for name in ATTRIBUTES_BY_VARIABLE)
    )
    # With the data folder of the initialised configuration, Terraform would look for its providers here.
    separate = {**environment, "TF_DATA_DIR": f"{scratch}/data"}
    console = running.run_unchecked(
        scratch, ["console", *build_var_file_options(tfvars)], separate, f"jsonencode({ATTRIBUTES_EXPRESSION})\n"
    )
    errors = list(_describe_unknown(json.loads(json.loads(console.stdout.splitlines()[-1])), known))
    if errors:
        raise OperatorError(f"{tfvars} sets unknown attributes.\n\n" + "\n".join(errors), "Correct or remove them.")


def _describe_unknown(used: Attributes, known: Attributes) -> Iterator[str]:
    for variable, rows in used.items():
        for name, attributes in rows.items():
            for unknown in sorted(set(attributes) - set(known[variable][name])):
                yield f"{variable}, {name}: no {unknown}; there are {', '.join(known[variable][name])}."
