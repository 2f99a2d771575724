"""The `rekbridge` command."""

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from rekbridge.api.analyze import analyze
from rekbridge.capacity.commands import capacity
from rekbridge.demo.commands import demo
from rekbridge.deploy.commands import deploy, destroy
from rekbridge.emulator.commands import cloud
from rekbridge.packaging.commands import package
from rekbridge.quotas.commands import quotas
from rekbridge.support import aws_errors, paths
from rekbridge.support.console import err
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.commands import terraform
from rekbridge.testing.checks import check


class Told(TyperGroup):
    """Turns what an operator can act on into what is wrong and what to do next, without a traceback."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # `rekbridge … | head`: whoever reads has enough.
            raise
        except (OperatorError, BotoCoreError, ClientError, OSError) as error:
            told = error if isinstance(error, OperatorError) else aws_errors.told(error)
            err.print(str(told), style="red", markup=False)
            err.print(told.next_step, markup=False)
            sys.exit(1)


app = typer.Typer(cls=Told, no_args_is_help=True, pretty_exceptions_show_locals=False, help=__doc__)
app.add_typer(cloud, name="cloud")
app.add_typer(quotas, name="quotas")
app.command()(package)
app.command()(deploy)
app.command()(destroy)
app.command()(capacity)
app.command()(analyze)
if paths.CHECKOUT:
    # They look at the sources, or need the photographs among the tests.
    app.add_typer(terraform, name="terraform")
    app.command()(check)
    app.command()(demo)
