"""DetectLabels on real photographs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.running import EXPECTED, Engine, overlap, photo


def labels(engine: Engine, name: str, **settings: Any) -> dict[str, dict[str, Any]]:
    return {label["Name"]: label for label in engine.client().detect_labels(Image=photo(name), **settings)["Labels"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_names_what_is_there_and_nothing_else(engine: Engine, name: str) -> None:
    assert sorted(labels(engine, name)) == EXPECTED[name]["labels"]


def test_an_instance_is_where_the_thing_is(engine: Engine) -> None:
    (face,) = labels(engine, "astronaut.jpg")["Face"]["Instances"]
    assert overlap(EXPECTED["astronaut.jpg"]["faces"][0], face["BoundingBox"]) >= 0.5


def test_max_labels_keeps_the_surest(engine: Engine) -> None:
    everything = labels(engine, "admiral.jpg")
    (kept,) = labels(engine, "admiral.jpg", MaxLabels=1).values()
    assert kept["Confidence"] == max(label["Confidence"] for label in everything.values())


def test_min_confidence_leaves_out_the_less_sure(engine: Engine) -> None:
    assert labels(engine, "cat.jpg", MinConfidence=76) == {}


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"LabelInclusionFilters": ["Face"]}, ["Face"]),
        ({"LabelExclusionFilters": ["Face"]}, ["Person", "Text"]),
        ({"LabelCategoryInclusionFilters": ["Text and Documents"]}, ["Text"]),
        ({"LabelCategoryExclusionFilters": ["Person Description"]}, ["Text"]),
    ],
)
def test_filters_choose_the_labels(engine: Engine, filters: dict[str, list[str]], left: list[str]) -> None:
    assert sorted(labels(engine, "admiral.jpg", Settings={"GeneralLabels": filters})) == left


def properties(engine: Engine, name: str, **settings: Any) -> dict[str, Any]:
    answer = engine.client().detect_labels(Image=photo(name), Features=["IMAGE_PROPERTIES"], **settings)
    assert answer["Labels"] == []
    found: dict[str, Any] = answer["ImageProperties"]
    return found


def test_properties_tell_night_from_paper(engine: Engine) -> None:
    night, paper = properties(engine, "rocket.jpg"), properties(engine, "recipe.png")
    assert night["Quality"]["Brightness"] < 35 < 85 < paper["Quality"]["Brightness"]


def test_a_bright_day_has_more_contrast_than_a_yellowed_page(engine: Engine) -> None:
    day, page = properties(engine, "pavilion.jpg"), properties(engine, "chapter.jpg")
    assert day["Quality"]["Contrast"] > page["Quality"]["Contrast"]


def test_the_dominant_colour_of_paper_is_white(engine: Engine) -> None:
    first = properties(engine, "recipe.png")["DominantColors"][0]
    assert (first["CSSColor"], first["SimplifiedColor"], first["HexCode"][:2]) == ("white", "white", "#f")


def test_the_number_of_colours_can_be_limited(engine: Engine) -> None:
    chosen = {"ImageProperties": {"MaxDominantColors": 3}}
    assert len(properties(engine, "pavilion.jpg", Settings=chosen)["DominantColors"]) == 3


def test_labels_and_properties_can_be_asked_for_together(engine: Engine) -> None:
    both = ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    answer = engine.client().detect_labels(Image=photo("cat.jpg"), Features=both, MaxLabels=1)
    assert [label["Name"] for label in answer["Labels"]] == ["Cat"]
    assert answer["ImageProperties"]["DominantColors"]


@pytest.mark.parametrize("limit", [{"MaxLabels": 5}, {"MinConfidence": 70}])
def test_a_limit_on_labels_is_refused_where_none_are_asked_for(engine: Engine, limit: dict[str, int]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        properties(engine, "cat.jpg", **limit)


def test_exclusion_wins_over_inclusion(engine: Engine) -> None:
    filters = {"LabelCategoryInclusionFilters": ["Person Description"], "LabelExclusionFilters": ["Face"]}
    assert sorted(labels(engine, "admiral.jpg", Settings={"GeneralLabels": filters})) == ["Person"]
