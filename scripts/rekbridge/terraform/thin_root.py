"""Writes the root module, which passes every variable on to modules/rekbridge."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import paths

COMPOSITION = paths.ROOT / "modules" / "rekbridge"
ROOT_MODULE = paths.ROOT / "terraform"

HEADER = "# Written by `rekbridge terraform fmt` from modules/rekbridge. Change it there, where the rules are, too.\n"
VARIABLE = re.compile(r'^variable "(?P<name>\w+)" \{\n(?P<body>.*?)^\}\n', re.MULTILINE | re.DOTALL)


MODULE_CALL = """\
module "rekbridge" {
  source = "../modules/rekbridge"

  providers = {
    aws.home    = aws.home
    aws.remote  = aws.remote
    aws.secrets = aws.secrets
  }

ARGUMENTS
}
"""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the composition. `block` declares it without its validations."""

    name: str
    block: str


def read_variables(folder: Path = COMPOSITION) -> list[Variable]:
    """Read the variables of a formatted module, by name."""
    return sorted(_iterate_variables(folder), key=lambda variable: variable.name)


def render_root() -> dict[Path, str]:
    """Return the text of each written file: the variables, and the call of the composition."""
    variables = read_variables()
    declarations = "\n".join(variable.block for variable in variables)
    width = max(len(variable.name) for variable in variables)
    arguments = "\n".join(f"  {variable.name:<{width}} = var.{variable.name}" for variable in variables)
    return {
        ROOT_MODULE / "variables.tf": f"{HEADER}\n{declarations}",
        ROOT_MODULE / "main.tf": f"{HEADER}\n{MODULE_CALL.replace('ARGUMENTS', arguments)}",
    }


def _iterate_variables(folder: Path) -> Iterator[Variable]:
    for file in sorted(folder.glob("*.tf")):
        for match in VARIABLE.finditer(file.read_text()):
            # The attributes come first, and end with an empty line if validations follow.
            attributes = match["body"].partition("\n\n")[0].rstrip("\n")
            yield Variable(match["name"], f'variable "{match["name"]}" {{\n{attributes}\n}}\n')
