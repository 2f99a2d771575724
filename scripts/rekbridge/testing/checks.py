"""`rekbridge check`: the static checks that a change has to pass besides the tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from rekbridge.support import paths, venvs
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import checks


def check_lint() -> None:
    """Run ruff's rules and check its format."""
    _run_tool([sys.executable, "-m", "ruff", "check", "."], "To fix most of these automatically: make fmt")
    _run_tool([sys.executable, "-m", "ruff", "format", "--check", "."], "Run: make fmt")


def check_types() -> None:
    """Run mypy in strict mode."""
    _run_tool([sys.executable, "-m", "mypy"], "Fix the types listed above.")


def check_terraform() -> None:
    """Check that Terraform's files are formatted and valid."""
    if files := checks.find_unformatted():
        raise OperatorError(f"Not in Terraform's format: {', '.join(files)}", "Run: make fmt")
    checks.validate()


def run_checkov() -> None:
    """Run checkov's security rules. terraform/.checkov.yaml has the skipped ones, each with its reason."""
    python = venvs.CHECKOV.ensure(out.print)
    offline = ["--skip-download", "--framework", "terraform", "--compact", "--quiet"]
    command = [str(python), "-m", "checkov.main", "--directory", "terraform", *offline]
    _run_tool(
        [*command, "--config-file", "terraform/.checkov.yaml"],
        "Fix it, or add the rule to terraform/.checkov.yaml with the reason.",
    )


STEPS: dict[str, Callable[[], None]] = {
    "lint": check_lint,
    "types": check_types,
    "terraform": check_terraform,
    "checkov": run_checkov,
}


def check() -> None:
    """Check lint, types, Terraform's format and validity, and security rules. Runs every step, even after a failure."""
    failed = []
    for name, step in STEPS.items():
        started = time.monotonic()
        try:
            with out.status(name):
                step()
            outcome = "passed"
        except OperatorError as error:
            err.print(f"{error}\n{error.next_step}", markup=False)
            outcome = "failed"
            failed.append(name)
        out.print(f"{name:<10} {outcome:<6} {time.monotonic() - started:5.1f} s")
    if failed:
        raise OperatorError(f"Checks failed: {', '.join(failed)}.", "The output of each failed check is above.")


def _run_tool(command: list[str], next_step: str) -> None:
    plain = os.environ | {"NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(command, cwd=paths.ROOT, env=plain, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError((done.stdout + done.stderr).strip(), next_step)
