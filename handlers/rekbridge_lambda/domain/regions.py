"""AWS regions: the Rekognition actions of each, with default calls a second (AWS: General Reference)."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Region:
    """One AWS region; `tps` maps each available Rekognition action to its default quota in calls a second.

    `architectures` has what Lambda is confirmed to offer there: docs/permissions.md names the sources.
    """

    name: str
    partition: str
    jurisdiction: str
    opt_in: bool
    architectures: list[str]
    tps: dict[str, int]


REGIONS = {code: Region(**row) for code, row in json.loads(Path(__file__).with_suffix(".json").read_text()).items()}


def get_default_quota(action: str, region: str) -> int:
    """Default calls a second of an action in a region; 0 where it does not exist."""
    return REGIONS[region].tps.get(action, 0)


def list_regions_offering(action: str) -> list[str]:
    """The regions that have an action, most quota first."""
    return sorted(
        (code for code in REGIONS if get_default_quota(action, code)),
        key=lambda code: (-get_default_quota(action, code), code),
    )
