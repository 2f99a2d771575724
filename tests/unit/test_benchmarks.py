"""The runner of the benchmarks knows every program in tests/performance."""

import pytest
from rekbridge.support.paths import ROOT

from tests.performance.__main__ import PROGRAMS, Program, find_problem

FOLDER = ROOT / "tests" / "performance"


def find_program_names() -> set[str]:
    """Every module with a main block, by its name below tests.performance; a package's is that of the package."""
    modules = [file for file in FOLDER.rglob("*.py") if 'if __name__ == "__main__":' in file.read_text()]
    names = {".".join(file.relative_to(FOLDER).with_suffix("").parts) for file in modules}
    return {name.removesuffix(".__main__") for name in names} - {"__main__"}


def test_every_program_is_listed() -> None:
    assert {program.name for program in PROGRAMS} == find_program_names()


@pytest.mark.parametrize(
    ("exit_code", "output", "problem"),
    [
        (0, "analyze 1\ningest 2", ""),
        (0, "analyze 1", "these rows are missing: ingest"),
        (1, "analyze 1\ningest 2", "exit code 1"),
    ],
)
def test_a_run_needs_exit_code_0_and_all_rows(exit_code: int, output: str, problem: str) -> None:
    assert find_problem(Program("example", "", rows=("analyze", "ingest")), exit_code, output) == problem
