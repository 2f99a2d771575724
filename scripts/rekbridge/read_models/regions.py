"""AWS regions, from the table that the Lambdas and Terraform read too."""

from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.regions import REGIONS


def list_regions_of(name: str) -> list[str]:
    """The regions under one law, like EU."""
    return sorted(code for code, region in REGIONS.items() if region.jurisdiction == name)


def get_default_quotas(region: str) -> dict[str, int]:
    """What AWS gives every account there, in calls a second, of the catalog's actions that the region has."""
    wanted = {operation.action for operation in CATALOG.values()}
    return {action: tps for action, tps in REGIONS[region].tps.items() if action in wanted}
