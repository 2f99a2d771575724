"""DetectFaces, CompareFaces and RecognizeCelebrities on real photographs."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.engine.running import EXPECTED, PHOTOS, Engine, overlap, photo

Change = Callable[[Image.Image], Image.Image]
CHANGES: dict[str, Change] = {
    "mirrored": ImageOps.mirror,
    "smaller": lambda image: image.resize((256, 256)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "softer": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "tilted": lambda image: image.rotate(8, resample=Image.Resampling.BICUBIC),
    "cropped": lambda image: image.crop((100, 20, 360, 280)),
}


def changed(name: str, change: Change) -> dict[str, bytes]:
    out = io.BytesIO()
    with Image.open(PHOTOS / name) as image:
        change(image.convert("RGB")).save(out, "JPEG", quality=90)
    return {"Bytes": out.getvalue()}


@pytest.mark.parametrize("name", EXPECTED)
def test_finds_every_face_and_nothing_else(engine: Engine, name: str) -> None:
    boxes = [face["BoundingBox"] for face in engine.client().detect_faces(Image=photo(name))["FaceDetails"]]
    expected = EXPECTED[name]["faces"]
    assert len(boxes) == len(expected)
    assert all(any(overlap(place, box) >= 0.5 for box in boxes) for place in expected)


def test_all_attributes_bring_more_landmarks_than_the_default(engine: Engine) -> None:
    def landmarks(attributes: list[str]) -> set[str]:
        (face,) = engine.client().detect_faces(Image=photo("astronaut.jpg"), Attributes=attributes)["FaceDetails"]
        return {mark["Type"] for mark in face["Landmarks"]}

    assert landmarks(["DEFAULT"]) == landmarks(["SMILE"]) == {"eyeLeft", "eyeRight", "nose"}
    assert landmarks(["DEFAULT", "ALL"]) > landmarks(["DEFAULT"])


def test_landmarks_lie_where_a_face_has_them(engine: Engine) -> None:
    (face,) = engine.client().detect_faces(Image=photo("admiral.jpg"))["FaceDetails"]
    mark = {one["Type"]: one for one in face["Landmarks"]}
    assert mark["eyeLeft"]["X"] < mark["nose"]["X"] < mark["eyeRight"]["X"]
    assert mark["nose"]["Y"] > max(mark["eyeLeft"]["Y"], mark["eyeRight"]["Y"])


def test_roll_follows_the_head(engine: Engine) -> None:
    def roll(image: dict[str, bytes]) -> float:
        (face,) = engine.client().detect_faces(Image=image)["FaceDetails"]
        return float(face["Pose"]["Roll"])

    # Pillow turns anticlockwise; Rekognition counts clockwise.
    assert roll(photo("astronaut.jpg")) - roll(changed("astronaut.jpg", CHANGES["tilted"])) == pytest.approx(8, abs=3)


def test_a_darker_picture_is_less_bright(engine: Engine) -> None:
    def brightness(image: dict[str, bytes]) -> float:
        (face,) = engine.client().detect_faces(Image=image)["FaceDetails"]
        return float(face["Quality"]["Brightness"])

    assert brightness(changed("astronaut.jpg", CHANGES["darker"])) < 0.75 * brightness(photo("astronaut.jpg"))


@pytest.mark.parametrize("change", CHANGES)
def test_recognizes_a_person_in_a_changed_photograph(engine: Engine, change: str) -> None:
    answer = compare(engine, photo("astronaut.jpg"), changed("astronaut.jpg", CHANGES[change]))
    assert len(answer["FaceMatches"]) == 1
    assert answer["UnmatchedFaces"] == []


def test_tells_two_people_apart(engine: Engine) -> None:
    answer = compare(engine, photo("astronaut.jpg"), photo("admiral.jpg"))
    assert answer["FaceMatches"] == []
    assert len(answer["UnmatchedFaces"]) == 1


def test_finds_the_one_person_among_two(engine: Engine) -> None:
    answer = compare(engine, photo("admiral.jpg"), photo("two-portraits.jpg"))
    (match,) = answer["FaceMatches"]
    assert overlap(EXPECTED["two-portraits.jpg"]["faces"][1], match["Face"]["BoundingBox"]) >= 0.5
    assert len(answer["UnmatchedFaces"]) == 1


def test_the_threshold_decides_what_is_a_match(engine: Engine) -> None:
    pair = {"SourceImage": photo("astronaut.jpg"), "TargetImage": photo("admiral.jpg")}
    assert engine.client().compare_faces(**pair, SimilarityThreshold=0)["FaceMatches"]


def test_refuses_to_compare_without_a_face_in_the_source(engine: Engine) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        compare(engine, photo("coffee.jpg"), photo("astronaut.jpg"))


def test_a_target_without_faces_matches_nobody(engine: Engine) -> None:
    answer = compare(engine, photo("astronaut.jpg"), photo("coffee.jpg"))
    assert (answer["FaceMatches"], answer["UnmatchedFaces"]) == ([], [])


def test_knows_no_celebrity_but_shows_the_faces(engine: Engine) -> None:
    answer = engine.client().recognize_celebrities(Image=photo("astronaut.jpg"))
    assert answer["CelebrityFaces"] == []
    assert len(answer["UnrecognizedFaces"]) == 1


def compare(engine: Engine, source: dict[str, bytes], target: dict[str, bytes]) -> dict[str, Any]:
    answer: dict[str, Any] = engine.client().compare_faces(SourceImage=source, TargetImage=target)
    return answer
