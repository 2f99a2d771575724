"""DetectFaces, CompareFaces and RecognizeCelebrities on real photographs."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from rekbridge_engine.vision.mesh_geometry import DEFAULT_LANDMARKS

from tests.engine.engine_process import EXPECTED, PHOTOS, RunningEngine, compute_overlap, load_photo

type ImageChange = Callable[[Image.Image], Image.Image]
CHANGES: dict[str, ImageChange] = {
    "mirrored": ImageOps.mirror,
    "smaller": lambda image: image.resize((256, 256)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "softer": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "tilted": lambda image: image.rotate(8, resample=Image.Resampling.BICUBIC),
    "cropped": lambda image: image.crop((100, 20, 360, 280)),
}


def change_photo(name: str, change: ImageChange) -> dict[str, bytes]:
    out = io.BytesIO()
    with Image.open(PHOTOS / name) as image:
        change(image.convert("RGB")).save(out, "JPEG", quality=90)
    return {"Bytes": out.getvalue()}


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_the_expected_faces_are_found(engine: RunningEngine, name: str) -> None:
    boxes = [face["BoundingBox"] for face in engine.create_client().detect_faces(Image=load_photo(name))["FaceDetails"]]
    expected = EXPECTED[name]["faces"]
    assert len(boxes) == len(expected)
    assert all(any(compute_overlap(face, box) >= 0.5 for box in boxes) for face in expected)


def test_all_attributes_return_more_landmarks_than_default(engine: RunningEngine) -> None:
    def get_landmark_types(attributes: list[str]) -> set[str]:
        response = engine.create_client().detect_faces(Image=load_photo("astronaut.jpg"), Attributes=attributes)
        (face,) = response["FaceDetails"]
        return {landmark["Type"] for landmark in face["Landmarks"]}

    assert get_landmark_types(["DEFAULT"]) == get_landmark_types(["SMILE"]) == set(DEFAULT_LANDMARKS)
    assert get_landmark_types(["DEFAULT", "ALL"]) > get_landmark_types(["DEFAULT"])


def test_landmarks_have_the_order_of_a_face(engine: RunningEngine) -> None:
    (face,) = engine.create_client().detect_faces(Image=load_photo("admiral.jpg"))["FaceDetails"]
    landmarks = {landmark["Type"]: landmark for landmark in face["Landmarks"]}
    assert landmarks["eyeLeft"]["X"] < landmarks["nose"]["X"] < landmarks["eyeRight"]["X"]
    assert landmarks["nose"]["Y"] > max(landmarks["eyeLeft"]["Y"], landmarks["eyeRight"]["Y"])


def test_roll_changes_with_the_rotation_of_the_image(engine: RunningEngine) -> None:
    def measure_roll(image: dict[str, bytes]) -> float:
        (face,) = engine.create_client().detect_faces(Image=image)["FaceDetails"]
        return float(face["Pose"]["Roll"])

    # Pillow rotates anticlockwise; Rekognition counts clockwise.
    original, tilted = load_photo("astronaut.jpg"), change_photo("astronaut.jpg", CHANGES["tilted"])
    assert measure_roll(original) - measure_roll(tilted) == pytest.approx(8, abs=3)


def test_darker_image_has_lower_brightness(engine: RunningEngine) -> None:
    def measure_brightness(image: dict[str, bytes]) -> float:
        (face,) = engine.create_client().detect_faces(Image=image)["FaceDetails"]
        return float(face["Quality"]["Brightness"])

    original, darker = load_photo("astronaut.jpg"), change_photo("astronaut.jpg", CHANGES["darker"])
    assert measure_brightness(darker) < 0.75 * measure_brightness(original)


@pytest.mark.parametrize("change", CHANGES)
def test_same_person_matches_in_a_changed_photo(engine: RunningEngine, change: str) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), change_photo("astronaut.jpg", CHANGES[change]))
    assert len(response["FaceMatches"]) == 1
    assert response["UnmatchedFaces"] == []


def test_different_people_do_not_match(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), load_photo("admiral.jpg"))
    assert response["FaceMatches"] == []
    assert len(response["UnmatchedFaces"]) == 1


def test_person_matches_one_of_two_faces(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("admiral.jpg"), load_photo("two-portraits.jpg"))
    (match,) = response["FaceMatches"]
    assert compute_overlap(EXPECTED["two-portraits.jpg"]["faces"][1], match["Face"]["BoundingBox"]) >= 0.5
    assert len(response["UnmatchedFaces"]) == 1


def test_similarity_threshold_zero_matches_different_people(engine: RunningEngine) -> None:
    pair = {"SourceImage": load_photo("astronaut.jpg"), "TargetImage": load_photo("admiral.jpg")}
    assert engine.create_client().compare_faces(**pair, SimilarityThreshold=0)["FaceMatches"]


def test_source_without_a_face_is_refused(engine: RunningEngine) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        compare_faces(engine, load_photo("coffee.jpg"), load_photo("astronaut.jpg"))


def test_target_without_faces_has_no_matches(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), load_photo("coffee.jpg"))
    assert (response["FaceMatches"], response["UnmatchedFaces"]) == ([], [])


def test_celebrity_faces_are_returned_as_unrecognized(engine: RunningEngine) -> None:
    response = engine.create_client().recognize_celebrities(Image=load_photo("astronaut.jpg"))
    assert response["CelebrityFaces"] == []
    assert len(response["UnrecognizedFaces"]) == 1


def compare_faces(engine: RunningEngine, source: dict[str, bytes], target: dict[str, bytes]) -> dict[str, Any]:
    response: dict[str, Any] = engine.create_client().compare_faces(SourceImage=source, TargetImage=target)
    return response
