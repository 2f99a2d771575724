"""The READMEs of the modules: their written part is what the module's files say."""

from pathlib import Path

import pytest
from rekbridge.support import paths
from rekbridge.terraform import checks, module_readme, thin_root, tree

VARIABLES = """\
variable "sinks" {
  description = <<-EOT
    Who gets `<what>`.
    One | two <three>.
  EOT
  type = map(object({
    pattern = optional(string, "x")
    b       = object({ c = number })
  }))
  default  = {}
  nullable = false

  validation {
    condition     = true
    error_message = "No."
  }
}

variable "name" {
  description = "Name, like \\"x\\"."
  type        = string
}
"""
OUTPUTS = 'output "arn" {\n  description = "The ARN."\n  value       = local.arn\n}\n'
EXAMPLE = 'module "this" {\n  source = "../.."\n}\n'
MODULES = sorted(folder.name for folder in module_readme.MODULES.iterdir() if folder.is_dir())


@pytest.fixture
def module(tmp_path: Path) -> Path:
    folder = tmp_path / "queue"
    (folder / module_readme.EXAMPLE).parent.mkdir(parents=True)
    (folder / module_readme.EXAMPLE).write_text(EXAMPLE)
    (folder / "variables.tf").write_text(VARIABLES)
    (folder / "outputs.tf").write_text(OUTPUTS)
    (folder / "README.md").write_text(f"# queue\n\nBy hand.\n\n{module_readme.MARKER}old\n")
    return folder


def test_what_is_written_by_hand_stays(module: Path) -> None:
    text = module_readme.render_readme(module)
    assert text.startswith(f"# queue\n\nBy hand.\n\n{module_readme.MARKER}\n")
    assert "\nold\n" not in text


def test_writing_again_changes_nothing(module: Path) -> None:
    text = module_readme.render_readme(module)
    (module / "README.md").write_text(text)
    assert module_readme.render_readme(module) == text


def test_an_input_has_its_type_on_one_line_its_default_and_its_meaning(module: Path) -> None:
    row = (
        '| `sinks` | `map(object({ pattern = optional(string, "x"), b = object({ c = number }) }))` | `{}` '
        "| Who gets `<what>`. One \\| two &lt;three>. |\n"
    )
    assert row in module_readme.render_readme(module)


def test_an_input_without_default_is_required(module: Path) -> None:
    assert '| `name` | `string` | required | Name, like "x". |\n' in module_readme.render_readme(module)


def test_an_output_has_its_meaning(module: Path) -> None:
    assert "| `arn` | The ARN. |\n" in module_readme.render_readme(module)


def test_the_example_is_the_tested_one_with_the_source_of_another_repository(module: Path) -> None:
    text = module_readme.render_readme(module)
    assert '  source = "git::https://<host>/<repository>.git//modules/queue?ref=v0.1.0"\n' in text
    assert text.count("```hcl\nmodule") == 1


@pytest.mark.parametrize("name", MODULES)
def test_the_readme_of_a_module_is_what_its_files_say(name: str) -> None:
    folder = module_readme.MODULES / name
    assert (folder / "README.md").read_text() == module_readme.render_readme(folder), "Run: make fmt"


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_run_by_a_test(name: str) -> None:
    tests = [*(module_readme.MODULES / name / "tests").glob("*.tftest.hcl")]
    runs = any('source = "./tests/example"' in file.read_text() for file in tests)
    # Terraform cannot mock the generated secret of these.
    planned = f'("{name}", ' in (paths.ROOT / "tests" / "plan" / "test_examples.py").read_text()
    assert runs != planned


def test_the_check_names_a_readme_that_is_not_up_to_date(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_readme, "MODULES", module.parent)
    monkeypatch.setattr(paths, "ROOT", module.parent)
    monkeypatch.setattr(thin_root, "render_root", dict[Path, str])
    monkeypatch.setattr(tree, "PARTS", ())
    assert checks.find_unformatted() == ["queue/README.md"]
