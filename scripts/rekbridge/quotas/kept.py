"""The file of quotas beside the operator's variables, which Terraform reads with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

type Quotas = dict[str, dict[str, float]]

# terraform/quotas.tf takes no more: past that, one lane would be written too often.
MOST_TPS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A quota that is not what it was, in calls a second."""

    region: str
    action: str
    before: float | None
    now: float


def read(file: Path) -> Quotas:
    """What is kept; nothing where there is no file yet."""
    if not file.exists():
        return {}
    found: Quotas = json.loads(file.read_text()).get("quotas", {})
    return found


def write(file: Path, quotas: Quotas) -> None:
    """Keep them, in one order whatever AWS's was."""
    file.write_text(json.dumps({"quotas": quotas}, indent=2, sort_keys=True) + "\n")


def offered(allowed: Mapping[str, float], defaults: Mapping[str, float]) -> dict[str, float]:
    """What Service Quotas tells of the actions that a region really has, whole numbers as such.

    Service Quotas lists an action also where the region's endpoint lacks it.
    """
    told = {action: min(allowed[action], MOST_TPS) for action in defaults if allowed.get(action, 0) > 0}
    return {action: int(tps) if float(tps).is_integer() else tps for action, tps in told.items()}


def changes(before: Quotas, now: Quotas, defaults: Mapping[str, Mapping[str, float]]) -> list[Change]:
    """What differs from what is kept, or, where nothing is, from AWS's defaults."""
    told = [
        Change(region, action, before.get(region, {}).get(action, defaults.get(region, {}).get(action)), tps)
        for region, quotas in sorted(now.items())
        for action, tps in sorted(quotas.items())
    ]
    return [change for change in told if change.before != change.now]
