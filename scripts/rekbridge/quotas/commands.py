"""`rekbridge quotas refresh`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from rekbridge.quotas import kept, service
from rekbridge.read_models.regions import default_quotas
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluated
from rekbridge.terraform.variables import quotas_beside

AGAIN = "rekbridge quotas refresh --tfvars"
ASKED = "{ allowed = local.allowed, quotas = var.quotas }"

quotas = typer.Typer(no_args_is_help=True, help="What AWS allows your account, in calls a second.")


@quotas.callback()
def main() -> None:
    """What AWS allows your account, in calls a second."""


@quotas.command()
def refresh(
    tfvars: Annotated[Path, typer.Option(help="Your Terraform variables.", exists=True, dir_okay=False)],
) -> None:
    """Ask Service Quotas of every allowed region and home, and keep the answers for Terraform beside your variables."""
    renew(tfvars, evaluated(tfvars, ASKED), client)


def renew(tfvars: Path, variables: Mapping[str, Any], client: Callable[[str], Any]) -> None:
    """Keep what every region tells; `variables` is what Terraform makes of ASKED.

    Raises OperatorError that tells which regions could not be read.
    """
    file = quotas_beside(tfvars)
    before, defaults = kept.read(file), {region: default_quotas(region) for region in variables["allowed"]}
    now, unread = asked(before, defaults, client)
    if now:
        kept.write(file, now)
        show(kept.changes(before, now, defaults))
        out.print(f"Quotas of {', '.join(now)}: {file}")
    if variables["quotas"] != before:
        err.print(f"{tfvars} has quotas of its own: Terraform takes those.", style="yellow", markup=False)
    if unread:
        raise OperatorError("\n".join(unread), f"The others are in {file}. Then again: {AGAIN} {tfvars}")


def asked(
    before: kept.Quotas, defaults: Mapping[str, Mapping[str, float]], client: Callable[[str], Any]
) -> tuple[kept.Quotas, list[str]]:
    """The quotas of every region that has Rekognition; and why some could not be read, whose old ones stay."""
    found: kept.Quotas = {}
    unread: list[str] = []
    for region, offered in defaults.items():
        if not offered:
            continue
        try:
            found[region] = kept.offered(service.quotas(client(region), region), offered)
        except service.Unread as why:
            unread.append(str(why))
            found |= {region: before[region]} if region in before else {}
    return found, unread


def client(region: str) -> Any:
    """Service Quotas in a region; boto3's types here do not have it."""
    return boto3.client("service-quotas", region_name=region)


def show(changes: list[kept.Change]) -> None:
    """What has changed, as a table."""
    if not changes:
        out.print("Nothing has changed.")
        return
    table = Table(title="Calls a second", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in ("region", "action", "before", "now"):
        table.add_column(name, justify="right" if name in {"before", "now"} else "left", no_wrap=True)
    for change in changes:
        before = "–" if change.before is None else f"{change.before:g}"
        table.add_row(change.region, change.action, before, f"{change.now:g}")
    out.print(table)
