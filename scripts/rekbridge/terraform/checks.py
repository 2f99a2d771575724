"""Terraform's own checks of the configuration: format, validity, and the tests of each module."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import environment, running, tree

# One `terraform test` takes 600 MB and most of a core.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `terraform test` said of one module."""

    module: str
    passed: bool
    report: str


def unformatted() -> list[str]:
    """The files that `terraform fmt` would change."""
    nobody = environment.of_nobody()
    command = ["fmt", "-check", "-recursive", "-list=true"]
    found: list[str] = []
    for part in tree.PARTS:
        done = running.attempt(paths.ROOT / part, command, nobody)
        found += [f"{part}/{file}" for file in done.stdout.split()]
    return found


def format_all() -> None:
    """Let `terraform fmt` write its format."""
    for part in tree.PARTS:
        running.run(paths.ROOT / part, ["fmt", "-recursive"], environment.of_nobody())


def validate() -> None:
    """Raises OperatorError with what `terraform validate` finds in the whole configuration."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-validate-") as folder:
        root = tree.copy(Path(folder) / "tree")
        told = environment.of_nobody() | {"TF_DATA_DIR": f"{folder}/data"}
        running.init(root, told)
        running.run(root, ["validate"], told)


def run_tests(only: str | None = None) -> Iterator[Outcome]:
    """Run the tests of every module that has some, or of one; in the modules' order."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-test-") as folder:
        copy = tree.copy(Path(folder) / "tree").parent
        modules = sorted({tests.parent.parent for tests in copy.glob("**/tests/*.tftest.hcl")})
        chosen = [module for module in modules if only in {None, str(module.relative_to(copy))}]
        if only and not chosen:
            having = ", ".join(str(module.relative_to(copy)) for module in modules)
            raise OperatorError(f"No module {only} with tests.", f"There are: {having}.")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(lambda module: _test(copy, module, Path(folder)), chosen)


def _test(copy: Path, module: Path, folder: Path) -> Outcome:
    name = str(module.relative_to(copy))
    told = environment.of_nobody() | {"TF_DATA_DIR": str(folder / "data" / name)}
    running.init(module, told)
    done = running.attempt(module, ["test"], told)
    return Outcome(name, done.returncode == 0, (done.stdout + done.stderr).strip())
