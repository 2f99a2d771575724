"""Attributes that the operator gave an object and that it does not have: Terraform drops them without a word."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running
from rekbridge.terraform.variables import var_files

# Of each variable that holds objects: whose attributes, and which they are.
GIVEN = {
    "operations": "{for name, row in var.operations : name => keys(row)}",
    "limits": "{for name, row in var.limits : name => keys(row)}",
    "alarm_topics": "{topics = keys(var.alarm_topics)}",
}
ATTRIBUTES = "{" + ", ".join(f"{name} = {given}" for name, given in GIVEN.items()) + "}"

type Attributes = Mapping[str, Mapping[str, list[str]]]


def refuse(tfvars: Path, known: Attributes, scratch: Path, environment: Mapping[str, str]) -> None:
    """Raises OperatorError that names them: without `regions`, for one, an image may go to every allowed region."""
    scratch.mkdir()
    (scratch / "any.tf").write_text("".join(f'variable "{name}" {{\n  default = {{}}\n}}\n' for name in GIVEN))
    # What the configuration was initialised with would be missed here.
    alone = {**environment, "TF_DATA_DIR": f"{scratch}/data"}
    told = running.attempt(scratch, ["console", *var_files(tfvars)], alone, f"jsonencode({ATTRIBUTES})\n")
    wrong = list(_unknown(json.loads(json.loads(told.stdout.splitlines()[-1])), known))
    if wrong:
        raise OperatorError(f"{tfvars} sets what there is not.\n\n" + "\n".join(wrong), "Mend or remove it.")


def _unknown(given: Attributes, known: Attributes) -> Iterator[str]:
    for variable, rows in given.items():
        for name, attributes in rows.items():
            for unknown in sorted(set(attributes) - set(known[variable][name])):
                yield f"{variable}, {name}: no {unknown}; there are {', '.join(known[variable][name])}."
