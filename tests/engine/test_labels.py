"""DetectLabels on real photographs."""

from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.engine.engine_process import EXPECTED, PHOTOS, RunningEngine, compute_overlap, load_photo


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
    assert detect_labels(engine, "cat.jpg", MinConfidence=99) == {}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_higher_min_confidence_removes_the_less_sure_labels_and_changes_no_other(
    engine: RunningEngine, name: str
) -> None:
    expected = {key: label for key, label in detect_labels(engine, name).items() if label["Confidence"] >= 75}
    sure = detect_labels(engine, name, MinConfidence=75)
    assert {key: label["Confidence"] for key, label in sure.items()} == {
        key: label["Confidence"] for key, label in expected.items()
    }
    assert all(instance["Confidence"] >= 75 for label in sure.values() for instance in label["Instances"])


@pytest.mark.parametrize("name", EXPECTED)
def test_labels_are_ordered_and_have_their_parents_and_boxes_inside_the_image(engine: RunningEngine, name: str) -> None:
    labels = detect_labels(engine, name)
    assert list(labels) == sorted(labels, key=lambda one: (-labels[one]["Confidence"], one))
    for label in labels.values():
        parents = [parent["Name"] for parent in label["Parents"]]
        assert all(labels[parent]["Confidence"] >= label["Confidence"] for parent in parents)
        for instance in label["Instances"]:
            box = instance["BoundingBox"]
            assert min(box["Left"], box["Top"]) >= 0 < min(box["Width"], box["Height"])
            assert max(box["Left"] + box["Width"], box["Top"] + box["Height"]) <= 1 + 1e-6
            assert instance["Confidence"] <= label["Confidence"]


@pytest.mark.parametrize("name", ["cat.jpg", "coffee.jpg", "two-portraits.jpg"])
def test_each_label_of_a_photograph_can_be_requested_alone(engine: RunningEngine, name: str) -> None:
    for key, label in detect_labels(engine, name).items():
        alone = detect_labels(engine, name, Settings={"GeneralLabels": {"LabelInclusionFilters": [key]}})
        assert alone == {key: label}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"LabelExclusionFilters": ["Face", "Tie"]}, ["Accessories", "Formal Wear", "Head", "Person", "Text"]),
        ({"LabelCategoryInclusionFilters": ["Text and Documents"]}, ["Text"]),
        ({"LabelCategoryExclusionFilters": ["Apparel and Accessories", "Person Description"]}, ["Text"]),
        (
            {"LabelCategoryInclusionFilters": ["Person Description"], "LabelExclusionFilters": ["Face"]},
            ["Head", "Person"],
        ),
    ],
)
def test_filters_select_the_labels(engine: RunningEngine, filters: dict[str, list[str]], expected: list[str]) -> None:
    assert sorted(detect_labels(engine, "admiral.jpg", Settings={"GeneralLabels": filters})) == expected


def test_a_cat_has_rekognitions_parents_and_category(engine: RunningEngine) -> None:
    cat = detect_labels(engine, "cat.jpg")["Cat"]
    assert [parent["Name"] for parent in cat["Parents"]] == ["Animal", "Mammal", "Pet"]
    assert (cat["Aliases"], cat["Categories"]) == ([], [{"Name": "Animals and Pets"}])


def test_a_person_has_an_alias(engine: RunningEngine) -> None:
    assert detect_labels(engine, "astronaut.jpg")["Person"]["Aliases"] == [{"Name": "Human"}]


@pytest.mark.parametrize(("name", "persons"), [("astronaut.jpg", 1), ("two-portraits.jpg", 2), ("chapter.jpg", 2)])
def test_each_person_is_one_instance_by_body_or_face(engine: RunningEngine, name: str, persons: int) -> None:
    assert len(detect_labels(engine, name)["Person"]["Instances"]) == persons


def test_text_has_no_boxes(engine: RunningEngine) -> None:
    assert detect_labels(engine, "page.png")["Text"]["Instances"] == []


def encode_cat(size: tuple[int, int], mode: str = "RGB") -> dict[str, bytes]:
    file = BytesIO()
    Image.open(PHOTOS / "cat.jpg").resize(size).convert(mode).save(file, "JPEG", quality=95)
    return {"Bytes": file.getvalue()}


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_cat_is_seen_in_grey_and_in_printers_colours(engine: RunningEngine, mode: str) -> None:
    response = engine.create_client().detect_labels(Image=encode_cat((451, 300), mode))
    assert "Cat" in {label["Name"] for label in response["Labels"]}


@pytest.mark.parametrize("size", [(80, 80), (80, 81), (4000, 80), (80, 4000), (2001, 1333)])
def test_an_image_of_any_shape_is_analysed(engine: RunningEngine, size: tuple[int, int]) -> None:
    both = ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    response = engine.create_client().detect_labels(Image=encode_cat(size), Features=both)
    assert response["ImageProperties"]["Quality"].keys() == {"Brightness", "Sharpness", "Contrast"}


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
    assert [label["Name"] for label in response["Labels"]] == ["Animal"]
    assert response["ImageProperties"]["DominantColors"]


@pytest.mark.parametrize("limit", [{"MaxLabels": 5}, {"MinConfidence": 70}])
def test_limit_on_labels_without_general_labels_is_refused(engine: RunningEngine, limit: dict[str, int]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        measure_properties(engine, "cat.jpg", **limit)


def test_the_main_thing_is_the_foreground_and_the_rest_the_background(engine: RunningEngine) -> None:
    properties = measure_properties(engine, "astronaut.jpg")
    for part in (properties["Foreground"], properties["Background"]):
        assert all(0 <= value <= 100 for value in part["Quality"].values())
        assert sum(colour["PixelPercent"] for colour in part["DominantColors"]) == pytest.approx(100)
    colours = [part["DominantColors"][0]["HexCode"] for part in (properties["Foreground"], properties["Background"])]
    assert colours[0] != colours[1]


@pytest.mark.parametrize("name", ["rocket.jpg", "pavilion.jpg", "recipe.png"])
def test_without_a_box_there_is_neither_foreground_nor_background(engine: RunningEngine, name: str) -> None:
    assert measure_properties(engine, name).keys() == {"Quality", "DominantColors"}
