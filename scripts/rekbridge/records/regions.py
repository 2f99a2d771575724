"""AWS regions, by the table that the handlers and Terraform read."""

from handlers.domain.regions import REGIONS


def of_jurisdiction(name: str) -> list[str]:
    """The regions under one law, like EU."""
    return sorted(code for code, region in REGIONS.items() if region.jurisdiction == name)
