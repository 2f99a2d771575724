"""`rekbridge capacity`."""

from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from rekbridge.capacity import figures, tables
from rekbridge.capacity.figures import Capacity
from rekbridge.capacity.prices import Prices
from rekbridge.deploy.session import standing
from rekbridge.deploy.targets import Target, Variables, Where, existing
from rekbridge.read_models import operations, pace
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluated

Images = Annotated[int, typer.Option(help="How many images to reckon with.", min=1)]
Whole = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]

# Where nobody's terminal says otherwise.
WIDTH = 120
PLANNED = "{ home = var.home_region, operations = local.operations, faults = local.faults }"


def capacity(
    target: Where = Target.aws, tfvars: Variables = None, images: Images = 1_000_000, whole: Whole = False
) -> None:
    """Calls a second of every operation and region, how long images take, what they cost: planned, or as deployed."""
    found = standing(existing(target, tfvars))
    deployed = found[0] if found else None
    told = reckoned(evaluated(tfvars, PLANNED) if tfvars else None, deployed)
    show(told["home"], capacities(told["operations"], deployed), images, whole)


def reckoned(planned: dict[str, Any] | None, deployed: Deployed | None) -> dict[str, Any]:
    """Home and operations: planned, else as deployed. Raises OperatorError with all that is wrong with a plan."""
    if planned:
        if planned["faults"]:
            raise OperatorError("\n".join(planned["faults"]), "Mend these settings in your variables.")
        return planned
    if deployed:
        return {"home": deployed.home, "operations": deployed.operations}
    raise OperatorError(
        "Nothing is deployed there.", "Name your variables, to see what they would give: --tfvars my.tfvars"
    )


def capacities(told: dict[str, Any], deployed: Deployed | None) -> list[Capacity]:
    """Every operation, with what the workers of a deployment have learned."""
    return figures.capacities(told, operations.price_groups(), learned(deployed, told))


def show(home: str, told: list[Capacity], images: int, whole: bool) -> None:
    """Print the figures: tables, or JSON."""
    prices = Prices.load()
    if whole:
        source = {"currency": prices.currency, "region": prices.region, "date": prices.date}
        rows = [figures.told(one, images, prices) for one in told]
        out.print_json(data={"images": images, "prices": source, "operations": rows})
        return
    paper = Console(width=out.width if out.is_terminal else WIDTH, highlight=False)
    paper.print(tables.lanes(told, home))
    paper.print(tables.sums(told, images, prices))
    for unknown in prices.unknown:
        out.print(f"Not in the cost: {unknown}", style="dim", markup=False)


def learned(deployed: Deployed | None, told: dict[str, Any]) -> dict[pace.Place, tuple[float, float]]:
    """What the workers have learned of these lanes; nothing where none is deployed, or the table may not be read."""
    if deployed is None:
        return {}
    quotas = {(name, region): row["tps"] for name, one in told.items() for region, row in one["regions"].items()}
    try:
        return pace.learned(deployed, quotas)
    except (BotoCoreError, ClientError) as error:
        err.print(f"Without what the workers have learned: {error}", style="yellow", markup=False)
        return {}
