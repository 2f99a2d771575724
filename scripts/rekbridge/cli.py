"""The `rekbridge` command."""

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from rekbridge import failures, paths
from rekbridge.analyze import analyze
from rekbridge.capacity.commands import capacity
from rekbridge.checks import check
from rekbridge.cloud.commands import cloud
from rekbridge.console import err
from rekbridge.demo.commands import demo
from rekbridge.deploy import deploy, destroy
from rekbridge.errors import OperatorError
from rekbridge.packaging.commands import package
from rekbridge.quotas.commands import quotas
from rekbridge.terraform.commands import terraform


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
            told = error if isinstance(error, OperatorError) else failures.told(error)
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
