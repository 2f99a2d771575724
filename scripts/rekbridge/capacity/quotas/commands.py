"""`rekbridge quotas refresh`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from rekbridge.capacity.quotas import quota_file, service
from rekbridge.read_models.regions import get_default_quotas
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression
from rekbridge.terraform.variables import get_quota_file

RETRY_COMMAND = "rekbridge quotas refresh --tfvars"
VARIABLES_EXPRESSION = "{ regions = local.analysis_regions, quotas = var.quotas }"

quotas = typer.Typer(no_args_is_help=True, help="Your account's quotas of Rekognition, in calls per second.")


@quotas.callback()
def main() -> None:
    """Your account's quotas of Rekognition, in calls per second."""


@quotas.command()
def refresh(
    tfvars: Annotated[Path, typer.Option(help="File with your Terraform variables.", exists=True, dir_okay=False)],
) -> None:
    """Read the quotas of home and every allowed region from Service Quotas, and store them beside your variables."""
    refresh_quotas(tfvars, evaluate_expression(tfvars, VARIABLES_EXPRESSION), create_client)


def refresh_quotas(tfvars: Path, variables: Mapping[str, Any], create_client: Callable[[str], Any]) -> None:
    """Fetch and store the quotas of every allowed region. `variables` is the value of VARIABLES_EXPRESSION.

    `create_client` creates a client of Service Quotas in a region. Raises OperatorError with the regions that could not
    be read; the others are stored.
    """
    file = get_quota_file(tfvars)
    before, defaults = (
        quota_file.read_quotas(file),
        {region: get_default_quotas(region) for region in variables["regions"]},
    )
    current, unread = fetch_all_quotas(before, defaults, create_client)
    if current:
        quota_file.write_quotas(file, current)
        print_changes(quota_file.find_changes(before, current, defaults))
        out.print(f"Quotas of {', '.join(current)}: {file}")
    if variables["quotas"] != before:
        err.print(
            f"{tfvars} sets `quotas` itself. Terraform uses those instead of the file.", style="yellow", markup=False
        )
    if unread:
        raise OperatorError(
            "\n".join(unread), f"The quotas of the other regions are in {file}. To try again: {RETRY_COMMAND} {tfvars}"
        )


def fetch_all_quotas(
    before: quota_file.QuotasByRegion, defaults: Mapping[str, Mapping[str, float]], create_client: Callable[[str], Any]
) -> tuple[quota_file.QuotasByRegion, list[str]]:
    """Fetch the quotas of every region that has Rekognition. A region that cannot be read keeps its old ones.

    Returns the quotas, and an error message for each region that could not be read.
    """
    quotas_by_region: quota_file.QuotasByRegion = {}
    unread: list[str] = []
    for region, region_defaults in defaults.items():
        if not region_defaults:
            continue
        try:
            quotas_by_region[region] = quota_file.select_available_quotas(
                service.fetch_quotas(create_client(region), region), region_defaults
            )
        except service.QuotaReadError as error:
            unread.append(str(error))
            quotas_by_region |= {region: before[region]} if region in before else {}
    return quotas_by_region, unread


def create_client(region: str) -> Any:
    """Create a client of Service Quotas in a region. The installed type stubs do not have this service."""
    return boto3.client("service-quotas", region_name=region)


def print_changes(changes: list[quota_file.QuotaChange]) -> None:
    """Print the changes as a table."""
    if not changes:
        out.print("No quota has changed.")
        return
    table = Table(title="Calls per second", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in ("region", "action", "before", "now"):
        table.add_column(name, justify="right" if name in {"before", "now"} else "left", no_wrap=True)
    for change in changes:
        before = "–" if change.before is None else f"{change.before:g}"
        table.add_row(change.region, change.action, before, f"{change.now:g}")
    out.print(table)
