"""A region in words: where it is, and under which law."""

from dataclasses import dataclass

from rekbridge_lambda.domain.regions import REGIONS

# The jurisdictions of regions.json.
JURISDICTIONS = {
    "AE": "United Arab Emirates", "AU": "Australia", "BH": "Bahrain", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "EU": "European Union", "GB": "United Kingdom", "HK": "Hong Kong", "ID": "Indonesia",
    "IL": "Israel", "IN": "India", "JP": "Japan", "KR": "South Korea", "MX": "Mexico", "MY": "Malaysia",
    "NZ": "New Zealand", "SG": "Singapore", "TH": "Thailand", "TW": "Taiwan", "US": "United States",
    "US-GOV": "United States (GovCloud)", "ZA": "South Africa",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A region: AWS's code and name, and the jurisdiction."""

    region: str
    name: str
    jurisdiction: str

    def __str__(self) -> str:
        return f"{self.region} ({self.name}; {JURISDICTIONS[self.jurisdiction]})"


def describe_place(region: str) -> Place:
    """A region in words."""
    return Place(region, REGIONS[region].name, REGIONS[region].jurisdiction)
