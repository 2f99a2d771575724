"""The quota file beside the operator's tfvars file. Terraform reads both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Region -> action -> calls per second.
type QuotasByRegion = dict[str, dict[str, float]]

# modules/rekbridge/quotas.tf accepts no more: above this, writes to the rate limit's item would be throttled.
MAX_TPS = 1000


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """A changed quota, in calls per second. `before` is None if it was unknown."""

    region: str
    action: str
    before: float | None
    now: float


def read_quotas(file: Path) -> QuotasByRegion:
    """Read the file. Empty if it does not exist."""
    if not file.exists():
        return {}
    quotas: QuotasByRegion = json.loads(file.read_text()).get("quotas", {})
    return quotas


def write_quotas(file: Path, quotas: QuotasByRegion) -> None:
    """Write the file, sorted, so that a changed order of AWS is no change of the file."""
    file.write_text(json.dumps({"quotas": quotas}, indent=2, sort_keys=True) + "\n")


def select_available_quotas(allowed: Mapping[str, float], defaults: Mapping[str, float]) -> dict[str, float]:
    """Return the quotas of the actions that a region really has, at most MAX_TPS, whole numbers as integers.

    Service Quotas also lists actions that the region's endpoint does not have.
    """
    available = {action: min(allowed[action], MAX_TPS) for action in defaults if allowed.get(action, 0) > 0}
    return {action: int(tps) if float(tps).is_integer() else tps for action, tps in available.items()}


def find_changes(
    before: QuotasByRegion, now: QuotasByRegion, defaults: Mapping[str, Mapping[str, float]]
) -> list[QuotaChange]:
    """Return the quotas that differ from the stored ones or, where none is stored, from AWS's defaults."""
    quotas_before_and_now = [
        QuotaChange(region, action, before.get(region, {}).get(action, defaults.get(region, {}).get(action)), tps)
        for region, quotas in sorted(now.items())
        for action, tps in sorted(quotas.items())
    ]
    return [change for change in quotas_before_and_now if change.before != change.now]
