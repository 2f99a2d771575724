"""`rekbridge capacity`."""

from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from rekbridge.capacity import figures, tables
from rekbridge.capacity.figures import OperationCapacity
from rekbridge.capacity.prices import Prices
from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, get_terraform
from rekbridge.read_models import operations, rate_limits
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression

ImageCountOption = Annotated[int, typer.Option(help="Number of images to compute duration and cost for.", min=1)]
FiguresAsJsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]

# Columns of the output when it is not a terminal.
WIDTH = 120
PLANNED_EXPRESSION = "{ home = var.home_region, operations = local.operations, errors = local.setting_errors }"


def capacity(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    images: ImageCountOption = 1_000_000,
    as_json: FiguresAsJsonOption = False,
) -> None:
    """Show calls per second by operation and region, and duration and cost: of your variables, or as deployed."""
    opened = open_deployment(get_terraform(target, tfvars))
    deployed = opened[0] if opened else None
    source = select_source(evaluate_expression(tfvars, PLANNED_EXPRESSION) if tfvars else None, deployed)
    print_figures(source["home"], load_capacities(source["operations"], deployed), images, as_json)


def select_source(planned: dict[str, Any] | None, deployed: Deployment | None) -> dict[str, Any]:
    """Return home region and operations: as planned by the variables, else as deployed.

    Raises OperatorError if the variables have errors, or if there is neither.
    """
    if planned:
        if planned["errors"]:
            raise OperatorError("\n".join(planned["errors"]), "Correct these settings in your variables.")
        return planned
    if deployed:
        return {"home": deployed.home, "operations": deployed.operations}
    raise OperatorError(
        "Nothing is deployed to this target.", "To see the capacity of your variables: --tfvars my.tfvars"
    )


def load_capacities(rows: dict[str, Any], deployed: Deployment | None) -> list[OperationCapacity]:
    """Compute the capacity of every operation, with the rates that a deployment has learned."""
    return figures.compute_capacities(rows, operations.get_price_groups(), load_learned_rates(deployed, rows))


def print_figures(home: str, capacities: list[OperationCapacity], images: int, as_json: bool) -> None:
    """Print the figures as tables or as JSON."""
    prices = Prices.load()
    if as_json:
        source = {"currency": prices.currency, "region": prices.region, "date": prices.date}
        rows = [figures.to_dict(capacity, images, prices) for capacity in capacities]
        out.print_json(data={"images": images, "prices": source, "operations": rows})
        return
    console = Console(width=out.width if out.is_terminal else WIDTH, highlight=False)
    console.print(tables.build_region_table(capacities, home))
    console.print(tables.build_operation_table(capacities, images, prices))
    for unknown in prices.unknown:
        out.print(f"Not included in the cost: {unknown}", style="dim", markup=False)


def load_learned_rates(
    deployed: Deployment | None, rows: dict[str, Any]
) -> dict[rate_limits.OperationRegion, tuple[float, float]]:
    """Read the rates that the workers have learned. Empty if nothing is deployed or the table cannot be read."""
    if deployed is None:
        return {}
    quotas = {(name, region): limit["tps"] for name, row in rows.items() for region, limit in row["regions"].items()}
    try:
        return rate_limits.load_learned_rates(deployed, quotas)
    except (BotoCoreError, ClientError) as error:
        err.print(
            f"The learned rates could not be read, quotas are shown instead: {error}", style="yellow", markup=False
        )
        return {}
