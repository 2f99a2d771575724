"""The filters of DetectLabels by names of labels and of categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rekbridge_engine.vision.taxonomy import TaxonomyLabel


@dataclass(frozen=True, slots=True)
class LabelFilters:
    """Names of labels and of categories to return, and not to return. Names that nothing has are without effect.

    AWS: "You can also combine inclusive and exclusive filters according to your needs, excluding some labels or
    categories and including others." A label that is included by name or category and excluded by either is left out.
    """

    included_labels: frozenset[str] = frozenset()
    included_categories: frozenset[str] = frozenset()
    excluded_labels: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, settings: Mapping[str, Sequence[str]]) -> Self:
        """Read the request's Settings.GeneralLabels."""
        return cls(
            frozenset(settings.get("LabelInclusionFilters", ())),
            frozenset(settings.get("LabelCategoryInclusionFilters", ())),
            frozenset(settings.get("LabelExclusionFilters", ())),
            frozenset(settings.get("LabelCategoryExclusionFilters", ())),
        )

    def admit(self, label: TaxonomyLabel) -> bool:
        """Whether a label may be returned: not excluded, and included unless there is no inclusive filter."""
        if label.name in self.excluded_labels or self.excluded_categories & set(label.categories):
            return False
        if not self.included_labels and not self.included_categories:
            return True
        return label.name in self.included_labels or bool(self.included_categories & set(label.categories))
