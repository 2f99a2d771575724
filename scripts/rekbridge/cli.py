"""Amazon Rekognition for regions that do not have it: deploy Rekbridge, run it locally, look at what it does."""

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from rekbridge.api.analyze import analyze
from rekbridge.capacity.commands import capacity
from rekbridge.capacity.quotas.commands import quotas
from rekbridge.demo.commands import demo
from rekbridge.deploy.commands import deploy, destroy, plan
from rekbridge.deploy.upgrade import upgrade
from rekbridge.emulator.commands import cloud
from rekbridge.packaging.commands import package, pins
from rekbridge.residency.commands import residency
from rekbridge.status.commands import status
from rekbridge.support import aws_errors, paths
from rekbridge.support.console import err
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.commands import terraform
from rekbridge.testing.acceptance.commands import accept
from rekbridge.testing.checks import check


class FriendlyErrorGroup(TyperGroup):
    """Prints an expected error as its message and the next step, without a traceback, and exits with 1."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # `rekbridge … | head` closes the pipe early: that is no error.
            raise
        except (OperatorError, BotoCoreError, ClientError, OSError) as error:
            shown = error if isinstance(error, OperatorError) else aws_errors.to_operator_error(error)
            err.print(str(shown), style="red", markup=False)
            err.print(shown.next_step, markup=False)
            sys.exit(1)


app = typer.Typer(cls=FriendlyErrorGroup, no_args_is_help=True, pretty_exceptions_show_locals=False, help=__doc__)
app.add_typer(cloud, name="cloud")
app.add_typer(quotas, name="quotas")
app.add_typer(residency, name="residency")
app.command()(package)
app.command()(plan)
app.command()(deploy)
app.command()(destroy)
app.command()(upgrade)
app.command()(capacity)
app.command()(status)
app.command()(analyze)
app.command()(accept)
if paths.IS_CHECKOUT:
    # These commands need files that the wheel does not have: the sources, and the photographs of the tests.
    app.add_typer(terraform, name="terraform")
    app.command()(check)
    app.command()(pins)
    app.command()(demo)
