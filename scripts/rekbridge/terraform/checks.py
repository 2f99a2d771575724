"""Terraform's checks of the configuration: format, validity, and the tests of each module."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import environment, module_readme, running, thin_root, tree

# One `terraform test` takes 600 MB and most of a core.
MAX_PARALLEL_TESTS = 2


@dataclass(frozen=True, slots=True)
class ModuleTestResult:
    """The result of `terraform test` for one module. `report` is its output."""

    module: str
    passed: bool
    report: str


def find_unformatted() -> list[str]:
    """Return the files that `rekbridge terraform fmt` would change."""
    isolated = environment.build_isolated_environment()
    command = ["fmt", "-check", "-recursive", "-list=true"]
    files: list[str] = []
    for part in tree.PARTS:
        process = running.run_unchecked(paths.ROOT / part, command, isolated)
        files += [f"{part}/{file}" for file in process.stdout.split()]
    return files + [
        str(file.relative_to(paths.ROOT)) for file, text in _render_written_files().items() if file.read_text() != text
    ]


def format_all() -> None:
    """Format every file with `terraform fmt`, and write the root module and the READMEs of the modules anew."""
    for part in tree.PARTS:
        running.run(paths.ROOT / part, ["fmt", "-recursive"], environment.build_isolated_environment())
    for file, text in _render_written_files().items():
        file.write_text(text)


def _render_written_files() -> dict[Path, str]:
    return thin_root.render_root() | module_readme.render_readmes()


def validate() -> None:
    """Run `terraform validate` on the whole configuration. Raises OperatorError with what it finds."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-validate-") as folder:
        root = tree.copy_configuration(Path(folder) / "tree")
        isolated = environment.build_isolated_environment() | {"TF_DATA_DIR": f"{folder}/data"}
        running.init(root, isolated)
        running.run(root, ["validate"], isolated)


def run_tests(only: str | None = None) -> Iterator[ModuleTestResult]:
    """Run the tests of every module that has tests, or of one. Yields the results in the order of the modules' names.

    Raises OperatorError if the named module has no tests.
    """
    with tempfile.TemporaryDirectory(prefix="rekbridge-test-") as folder:
        copy = tree.copy_configuration(Path(folder) / "tree").parent
        modules = sorted({file.parent.parent for file in copy.glob("**/tests/*.tftest.hcl")})
        chosen = [module for module in modules if only in {None, str(module.relative_to(copy))}]
        if only and not chosen:
            available = ", ".join(str(module.relative_to(copy)) for module in modules)
            raise OperatorError(f"There is no module {only} with tests.", f"Modules with tests: {available}.")
        with ThreadPoolExecutor(MAX_PARALLEL_TESTS) as pool:
            yield from pool.map(lambda module: _run_module_tests(copy, module, Path(folder)), chosen)


def _run_module_tests(copy: Path, module: Path, folder: Path) -> ModuleTestResult:
    name = str(module.relative_to(copy))
    isolated = environment.build_isolated_environment() | {"TF_DATA_DIR": str(folder / "data" / name)}
    running.init(module, isolated)
    process = running.run_unchecked(module, ["test"], isolated)
    return ModuleTestResult(name, process.returncode == 0, (process.stdout + process.stderr).strip())
