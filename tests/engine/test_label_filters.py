"""The filters of DetectLabels, over the whole taxonomy."""

import pytest
from rekbridge_engine.vision.label_filters import LabelFilters
from rekbridge_engine.vision.taxonomy import load_taxonomy

LABELS = load_taxonomy().labels
CATEGORIES = sorted({category for label in LABELS.values() for category in label.categories})


def filter_labels(**settings: list[str]) -> set[str]:
    filters = LabelFilters.parse(settings)
    return {name for name, label in LABELS.items() if filters.admit(label)}


def list_category(category: str) -> set[str]:
    return {name for name, label in LABELS.items() if category in label.categories}


def test_without_filters_every_label_is_returned() -> None:
    assert filter_labels() == LABELS.keys()


def test_every_label_can_be_included_alone() -> None:
    assert [name for name in LABELS if filter_labels(LabelInclusionFilters=[name]) != {name}] == []


def test_every_label_can_be_excluded_alone() -> None:
    assert [name for name in LABELS if filter_labels(LabelExclusionFilters=[name]) != LABELS.keys() - {name}] == []


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_can_be_included_and_excluded(category: str) -> None:
    assert filter_labels(LabelCategoryInclusionFilters=[category]) == list_category(category)
    assert filter_labels(LabelCategoryExclusionFilters=[category]) == LABELS.keys() - list_category(category)


def test_names_and_categories_of_inclusion_add_up() -> None:
    included = filter_labels(LabelInclusionFilters=["Cup"], LabelCategoryInclusionFilters=["Sports"])
    assert included == {"Cup"} | list_category("Sports")


def test_an_excluded_label_is_left_out_of_an_included_category() -> None:
    pets = filter_labels(LabelCategoryInclusionFilters=["Animals and Pets"], LabelExclusionFilters=["Cat"])
    assert pets == list_category("Animals and Pets") - {"Cat"}


def test_an_excluded_category_wins_over_an_included_label() -> None:
    assert filter_labels(LabelInclusionFilters=["Cat"], LabelCategoryExclusionFilters=["Animals and Pets"]) == set()


def test_a_name_that_no_label_has_includes_nothing_and_excludes_nothing() -> None:
    assert filter_labels(LabelInclusionFilters=["Unicorn"]) == set()
    assert filter_labels(LabelExclusionFilters=["Unicorn"]) == LABELS.keys()
