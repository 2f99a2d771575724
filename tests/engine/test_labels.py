"""DetectLabels on real photographs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.engine_process import EXPECTED, RunningEngine, compute_overlap, load_photo


def detect_labels(engine: RunningEngine, name: str, **settings: Any) -> dict[str, dict[str, Any]]:
    return {
        label["Name"]: label
        for label in engine.create_client().detect_labels(Image=load_photo(name), **settings)["Labels"]
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_the_expected_labels_are_found(engine: RunningEngine, name: str) -> None:
    assert sorted(detect_labels(engine, name)) == EXPECTED[name]["labels"]


def test_instance_has_the_box_of_the_object(engine: RunningEngine) -> None:
    (face,) = detect_labels(engine, "astronaut.jpg")["Face"]["Instances"]
    assert compute_overlap(EXPECTED["astronaut.jpg"]["faces"][0], face["BoundingBox"]) >= 0.5


def test_max_labels_keeps_the_label_with_the_highest_confidence(engine: RunningEngine) -> None:
    all_labels = detect_labels(engine, "admiral.jpg")
    (label,) = detect_labels(engine, "admiral.jpg", MaxLabels=1).values()
    assert label["Confidence"] == max(one["Confidence"] for one in all_labels.values())


def test_labels_below_min_confidence_are_removed(engine: RunningEngine) -> None:
    assert detect_labels(engine, "cat.jpg", MinConfidence=76) == {}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"LabelInclusionFilters": ["Face"]}, ["Face"]),
        ({"LabelExclusionFilters": ["Face"]}, ["Person", "Text"]),
        ({"LabelCategoryInclusionFilters": ["Text and Documents"]}, ["Text"]),
        ({"LabelCategoryExclusionFilters": ["Person Description"]}, ["Text"]),
    ],
)
def test_filters_select_the_labels(engine: RunningEngine, filters: dict[str, list[str]], expected: list[str]) -> None:
    assert sorted(detect_labels(engine, "admiral.jpg", Settings={"GeneralLabels": filters})) == expected


def measure_properties(engine: RunningEngine, name: str, **settings: Any) -> dict[str, Any]:
    response = engine.create_client().detect_labels(Image=load_photo(name), Features=["IMAGE_PROPERTIES"], **settings)
    assert response["Labels"] == []
    properties: dict[str, Any] = response["ImageProperties"]
    return properties


def test_night_photo_is_darker_than_paper(engine: RunningEngine) -> None:
    night, paper = measure_properties(engine, "rocket.jpg"), measure_properties(engine, "recipe.png")
    assert night["Quality"]["Brightness"] < 35 < 85 < paper["Quality"]["Brightness"]


def test_sunny_photo_has_more_contrast_than_a_yellowed_page(engine: RunningEngine) -> None:
    day, page = measure_properties(engine, "pavilion.jpg"), measure_properties(engine, "chapter.jpg")
    assert day["Quality"]["Contrast"] > page["Quality"]["Contrast"]


def test_dominant_colour_of_paper_is_white(engine: RunningEngine) -> None:
    first = measure_properties(engine, "recipe.png")["DominantColors"][0]
    assert (first["CSSColor"], first["SimplifiedColor"], first["HexCode"][:2]) == ("white", "white", "#f")


def test_max_dominant_colors_limits_the_colours(engine: RunningEngine) -> None:
    settings = {"ImageProperties": {"MaxDominantColors": 3}}
    assert len(measure_properties(engine, "pavilion.jpg", Settings=settings)["DominantColors"]) == 3


def test_labels_and_properties_can_be_requested_together(engine: RunningEngine) -> None:
    both = ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    response = engine.create_client().detect_labels(Image=load_photo("cat.jpg"), Features=both, MaxLabels=1)
    assert [label["Name"] for label in response["Labels"]] == ["Cat"]
    assert response["ImageProperties"]["DominantColors"]


@pytest.mark.parametrize("limit", [{"MaxLabels": 5}, {"MinConfidence": 70}])
def test_limit_on_labels_without_general_labels_is_refused(engine: RunningEngine, limit: dict[str, int]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        measure_properties(engine, "cat.jpg", **limit)


def test_exclusion_wins_over_inclusion(engine: RunningEngine) -> None:
    filters = {"LabelCategoryInclusionFilters": ["Person Description"], "LabelExclusionFilters": ["Face"]}
    assert sorted(detect_labels(engine, "admiral.jpg", Settings={"GeneralLabels": filters})) == ["Person"]
