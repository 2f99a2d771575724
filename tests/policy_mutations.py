"""Random changes of variables that the data-flow document must show, and the line that must show each."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.regions import REGIONS

type Variables = dict[str, Any]

# Every kind of flow: bytes with regions and without, staged, the REST API with regions of its own and without.
ORIGINAL: Variables = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1", "eu-central-1", "eu-west-2", "us-east-1", "ap-south-1"],
    "operations": {
        "faces": {"transfer": "bytes", "regions": ["eu-central-1", "eu-west-2"]},
        "labels": {"transfer": "bytes"},
        "text": {"transfer": "staged"},
        "moderation": {"transfer": "staged"},
    },
    "api_operations": {"celebrities": {"regions": ["eu-west-1"]}, "protective-equipment": {}},
    "staging_ttl_h": 24,
    "log_retention_days": 30,
}
LOG_DAYS = (1, 3, 5, 7, 14, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
REGIONS_OF_PARTITION = sorted(code for code, region in REGIONS.items() if region.partition == "aws")


@dataclass(frozen=True)
class Mutation:
    """Changed variables. `kind` is region, transfer or retention; a line that has all of `names` must change."""

    kind: str
    names: tuple[str, ...]
    variables: Variables


def create_mutations(seed: int, count: int) -> list[Mutation]:
    """Valid mutations of ORIGINAL, each a change of one thing."""
    random = Random(seed)
    makers = list(MAKERS)
    return [random.choice(makers)(random, deepcopy(ORIGINAL)) for _ in range(count)]


def move_home(random: Random, variables: Variables) -> Mutation:
    """Another home region, of those where Lambda has the default architecture."""
    choices = [one for one in REGIONS_OF_PARTITION if "arm64" in REGIONS[one].architectures]
    region = random.choice([one for one in choices if one not in _list_regions(variables)])
    variables["home_region"] = region
    return Mutation("region", ("- Home",), variables)


def move_remote(random: Random, variables: Variables) -> Mutation:
    """Another region for staged copies, allowed if it was not."""
    staged = [name for name, row in variables["operations"].items() if row["transfer"] == "staged"]
    choices = [one for one in REGIONS_OF_PARTITION if all(_has(one, name) for name in staged)]
    region = random.choice(
        [one for one in choices if one not in {variables["home_region"], variables["remote_region"]}]
    )
    variables["remote_region"] = region
    variables["allowed_regions"] = sorted({*variables["allowed_regions"], region})
    return Mutation("region", ("- Remote",), variables)


def allow_region(random: Random, variables: Variables) -> Mutation:
    """One allowed region more."""
    region = random.choice([one for one in REGIONS_OF_PARTITION if one not in _list_regions(variables)])
    variables["allowed_regions"].append(region)
    return Mutation("region", ("- Allowed", region), variables)


def forbid_region(random: Random, variables: Variables) -> Mutation:
    """One allowed region less, of those that nothing names."""
    region = random.choice(["us-east-1", "ap-south-1"])
    variables["allowed_regions"].remove(region)
    return Mutation("region", ("- Allowed", region), variables)


def narrow_operation(random: Random, variables: Variables) -> Mutation:
    """Other regions for an operation whose transfer is bytes."""
    name = random.choice([name for name, row in variables["operations"].items() if row["transfer"] == "bytes"])
    variables["operations"][name]["regions"] = _choose_regions(random, variables, name, variables["operations"][name])
    return Mutation("region", ("| uploads |", f"| {name} |"), variables)


def narrow_api(random: Random, variables: Variables) -> Mutation:
    """Other regions for an operation of the REST API."""
    name = random.choice(sorted(variables["api_operations"]))
    variables["api_operations"][name]["regions"] = _choose_regions(
        random, variables, name, variables["api_operations"][name]
    )
    return Mutation("region", ("| REST API |", f"| {name} |"), variables)


def switch_transfer(random: Random, variables: Variables) -> Mutation:
    """The other transfer for an operation."""
    name = random.choice(sorted(variables["operations"]))
    staged = variables["operations"][name]["transfer"] == "staged"
    variables["operations"][name] = {"transfer": "bytes" if staged else "staged"}
    return Mutation("transfer", ("| uploads |", f"| {name} |"), variables)


def expire_copies(random: Random, variables: Variables) -> Mutation:
    """Another age at which staged copies are deleted."""
    variables["staging_ttl_h"] = round(random.uniform(0.5, 23.9), random.choice([0, 1, 3]))
    return Mutation("retention", ("staging_ttl_h",), variables)


def expire_logs(random: Random, variables: Variables) -> Mutation:
    """Another age at which log lines expire."""
    variables["log_retention_days"] = random.choice(LOG_DAYS)
    return Mutation("retention", ("log_retention_days",), variables)


MAKERS = (
    move_home, move_remote, allow_region, forbid_region, narrow_operation, narrow_api, switch_transfer, expire_copies,
    expire_logs,
)  # fmt: skip


def find_line(document: str, names: tuple[str, ...]) -> list[str]:
    """The lines that have all of these texts."""
    return [line for line in document.splitlines() if all(name in line for name in names)]


def is_visible(original: str, document: str, mutation: Mutation) -> bool:
    """Whether a document differs from the original in the line that names what was changed."""
    return find_line(original, mutation.names) != find_line(document, mutation.names)


def _list_regions(variables: Mapping[str, Any]) -> set[str]:
    return {variables["home_region"], variables["remote_region"], *variables["allowed_regions"]}


def _has(region: str, operation: str) -> bool:
    return CATALOG[operation].action in REGIONS[region].tps


def _choose_regions(random: Random, variables: Variables, name: str, row: Mapping[str, Any]) -> list[str]:
    """Some of the allowed regions that have an operation; not those that it has now."""
    choices = sorted(region for region in _list_regions(variables) if _has(region, name))
    before = set(row.get("regions") or choices)
    while True:
        chosen = random.sample(choices, random.randint(1, len(choices)))
        if set(chosen) != before:
            return sorted(chosen)
