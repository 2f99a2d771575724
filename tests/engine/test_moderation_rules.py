"""The rules of DetectModerationLabels, with made-up outputs of the models."""

import pytest
from rekbridge_engine.vision.moderation_rules import decide_labels
from rekbridge_engine.vision.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
BEER_BOTTLE, WINE_BOTTLE, REVOLVER, GAMBLING_MACHINE, BIKINI, MISSILE = 440, 907, 763, 800, 445, 657


def decide(explicit: float = 0.0, classes: dict[int, float] | None = None) -> list[tuple[str, str, int, float]]:
    chances = [(classes or {}).get(number, 0.0) for number in range(1000)]
    labels = decide_labels(explicit, chances, TAXONOMY)
    return [(label.name.name, label.name.parent, label.name.level, round(label.confidence, 3)) for label in labels]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ({BEER_BOTTLE: 0.5}, [("Alcoholic Beverages", "Alcohol", 2, 50.0), ("Alcohol", "", 1, 50.0)]),
        ({REVOLVER: 0.9}, [("Weapons", "Violence", 2, 90.0), ("Violence", "", 1, 90.0)]),
        ({GAMBLING_MACHINE: 0.7}, [("Gambling", "", 1, 70.0)]),
    ],
)
def test_a_class_gives_its_label_and_then_the_parent(
    classes: dict[int, float], expected: list[tuple[str, str, int, float]]
) -> None:
    assert decide(classes=classes) == expected


def test_chances_of_several_drinks_add_up() -> None:
    assert [row[0] for row in decide(classes={BEER_BOTTLE: 0.3, WINE_BOTTLE: 0.3})] == [
        "Alcoholic Beverages",
        "Alcohol",
    ]


@pytest.mark.parametrize("classes", [{BEER_BOTTLE: 0.49}, {REVOLVER: 0.59}, {GAMBLING_MACHINE: 0.59}])
def test_a_class_that_is_not_sure_enough_gives_nothing(classes: dict[int, float]) -> None:
    assert decide(classes=classes) == []


@pytest.mark.parametrize("number", [BIKINI, MISSILE])
def test_swimwear_and_rockets_are_no_moderation_labels(number: int) -> None:
    assert decide(classes={number: 1.0}) == []


@pytest.mark.parametrize(("chance", "expected"), [(0.79, []), (0.8, [("Explicit", "", 1, 80.0)])])
def test_explicit_needs_a_chance_of_four_fifths(chance: float, expected: list[tuple[str, str, int, float]]) -> None:
    assert decide(explicit=chance) == expected


def test_the_surest_label_comes_first() -> None:
    assert [row[0] for row in decide(0.95, {GAMBLING_MACHINE: 0.7})] == ["Explicit", "Gambling"]


def test_every_parent_is_one_level_above() -> None:
    for name in TAXONOMY.moderation.values():
        assert name.level == (TAXONOMY.moderation[name.parent].level + 1 if name.parent else 1)
