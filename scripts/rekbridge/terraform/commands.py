"""`rekbridge terraform fmt|validate|test`."""

import time
from typing import Annotated

import typer

from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import checks

terraform = typer.Typer(no_args_is_help=True, help="Check and test the Terraform configuration.")


@terraform.command()
def fmt() -> None:
    """Format every Terraform file."""
    checks.format_all()


@terraform.command()
def validate() -> None:
    """Check that the configuration is formatted and valid."""
    if files := checks.find_unformatted():
        raise OperatorError(f"These files are not formatted: {', '.join(files)}", "Run: make fmt")
    checks.validate()
    out.print("terraform fmt and validate: ok")


@terraform.command("test")
def run_tests(
    module: Annotated[str | None, typer.Argument(help="Test only this module, for example modules/queue.")] = None,
) -> None:
    """Run `terraform test` for every module that has tests, two at a time."""
    failed, started = [], time.monotonic()
    for outcome in checks.run_tests(module):
        result = outcome.report.splitlines()[-1] if outcome.passed else outcome.report
        out.print(f"{outcome.module}: {result}", markup=False, style=None if outcome.passed else "red")
        failed += [] if outcome.passed else [outcome.module]
    out.print(f"terraform test: {time.monotonic() - started:.0f} s")
    if failed:
        raise OperatorError(
            f"terraform test failed in {', '.join(failed)}.", f"To run one again: rekbridge terraform test {failed[0]}"
        )
