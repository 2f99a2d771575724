"""What the workers have learned of each region: rates after throttles, and breakers that are open."""

from collections.abc import Mapping
from time import time
from typing import TYPE_CHECKING, Any

from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.state import SECOND, Lane

from rekbridge.read_models import table
from rekbridge.read_models.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TIMES = ("tat", "rate_milli", "cut_at", "open_until")

type Place = tuple[str, str]


def learned(deployed: Deployed, quotas: Mapping[Place, float]) -> dict[Place, tuple[float, float]]:
    """Calls a second that a lane is thought to take, and seconds for which its breaker is open; used lanes only.

    Lanes are named by operation and region, each with its quota.
    """
    dynamodb: DynamoDBClient = deployed.client("dynamodb", deployed.home)
    now = round(time() * SECOND)
    rows = table.rows(dynamodb, deployed.table("pace"), ({"lane": "/".join(place)} for place in quotas))
    lanes = {place: _read(row) for row in rows if (place := _place(row)) in quotas}
    return {
        place: (state.rate(lane, quotas[place], now), max(0, (lane.open_until or 0) - now) / SECOND)
        for place, lane in lanes.items()
    }


def _read(row: Mapping[str, Any]) -> Lane:
    return Lane(**{name: int(row[name]) for name in TIMES if name in row})


def _place(row: Mapping[str, Any]) -> Place:
    operation, _, region = row["lane"].partition("/")
    return operation, region
