"""`rekbridge check`: what is looked at before a change lands, besides the tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from rekbridge.support import paths, venvs
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import checks


def lint() -> None:
    """Ruff's rules and format."""
    _quiet([sys.executable, "-m", "ruff", "check", "."], "Many of these mend themselves: make fmt")
    _quiet([sys.executable, "-m", "ruff", "format", "--check", "."], "Run: make fmt")


def types() -> None:
    """mypy, strict."""
    _quiet([sys.executable, "-m", "mypy"], "Mend the types above.")


def terraform() -> None:
    """Format and validity."""
    if files := checks.unformatted():
        raise OperatorError(f"Not in Terraform's format: {', '.join(files)}", "Run: make fmt")
    checks.validate()


def checkov() -> None:
    """Security rules for Terraform; what is skipped stands with its reason in terraform/.checkov.yaml."""
    python = venvs.CHECKOV.ensure(out.print)
    offline = ["--skip-download", "--framework", "terraform", "--compact", "--quiet"]
    command = [str(python), "-m", "checkov.main", "--directory", "terraform", *offline]
    _quiet([*command, "--config-file", "terraform/.checkov.yaml"], "Mend it, or skip it there with a reason.")


STEPS: tuple[Callable[[], None], ...] = (lint, types, terraform, checkov)


def check() -> None:
    """Lint, types, Terraform format and validity, checkov: every step is run, whatever the others say."""
    failed = []
    for step in STEPS:
        began = time.monotonic()
        try:
            with out.status(step.__name__):
                step()
            outcome = "fine"
        except OperatorError as error:
            err.print(f"{error}\n{error.next_step}", markup=False)
            outcome = "failed"
            failed.append(step.__name__)
        out.print(f"{step.__name__:<10} {outcome:<6} {time.monotonic() - began:5.1f} s")
    if failed:
        raise OperatorError(f"Not fine: {', '.join(failed)}.", "What each of them said stands above.")


def _quiet(command: list[str], next_step: str) -> None:
    plain = os.environ | {"NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(command, cwd=paths.ROOT, env=plain, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError((done.stdout + done.stderr).strip(), next_step)
