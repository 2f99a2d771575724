"""The root module: it passes every variable of modules/rekbridge on, unchanged."""

from pathlib import Path

import pytest
from rekbridge.terraform import thin_root
from rekbridge.terraform.thin_root import Variable

MODULE = """\
variable "b" {
  description = <<-EOT
    Two
    lines.
  EOT
  type = object({
    x = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.b.x > 2
    error_message = "No."
  }
}

variable "a" {
  type = string
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "variables.tf").write_text(MODULE)
    return tmp_path


def test_a_variable_is_declared_without_its_validations(module: Path) -> None:
    block = MODULE.partition("\n\n  validation")[0].removesuffix("\n") + "\n}\n"
    a = 'variable "a" {\n  type = string\n}\n'
    assert thin_root.read_variables(module) == [Variable("a", a), Variable("b", block)]


@pytest.mark.parametrize("file", thin_root.render_root(), ids=lambda file: file.name)
def test_the_root_module_is_what_the_composition_needs(file: Path) -> None:
    assert file.read_text() == thin_root.render_root()[file], "Run: make fmt"


def test_every_variable_of_the_composition_is_passed_on() -> None:
    call = (thin_root.ROOT_MODULE / "main.tf").read_text().split()
    assert {f"var.{variable.name}" for variable in thin_root.read_variables()} <= set(call)
