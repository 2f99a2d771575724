"""CompareFaces on real photographs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.engine.engine_process import EXPECTED, RunningEngine, compute_overlap, load_photo
from tests.engine.photo_changes import ImageChange, change_photo, encode_image, open_photo

CHANGES: dict[str, ImageChange] = {
    "mirrored": ImageOps.mirror,
    "smaller": lambda image: image.resize((256, 256)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "softer": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "tilted": lambda image: image.rotate(8, resample=Image.Resampling.BICUBIC),
    "turned": lambda image: image.rotate(30, resample=Image.Resampling.BICUBIC),
    "cropped": lambda image: image.crop((100, 20, 360, 280)),
    "enlarged": lambda image: image.resize((1500, 1500)),
}


def compare_faces(engine: RunningEngine, source: dict[str, bytes], target: dict[str, bytes], **settings: Any) -> Any:
    return engine.create_client().compare_faces(SourceImage=source, TargetImage=target, **settings)


@pytest.mark.parametrize("change", CHANGES)
def test_same_person_matches_in_a_changed_photo(engine: RunningEngine, change: str) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), change_photo("astronaut.jpg", CHANGES[change]))
    assert len(response["FaceMatches"]) == 1
    assert response["UnmatchedFaces"] == []


def test_same_photo_is_as_similar_as_can_be(engine: RunningEngine) -> None:
    (match,) = compare_faces(engine, load_photo("admiral.jpg"), load_photo("admiral.jpg"))["FaceMatches"]
    assert match["Similarity"] > 99.9


def test_two_copies_of_a_face_both_match(engine: RunningEngine) -> None:
    photo = open_photo("astronaut.jpg")
    twice = Image.new("RGB", (1024, 512))
    twice.paste(photo, (0, 0))
    twice.paste(photo, (512, 0))
    response = compare_faces(engine, load_photo("astronaut.jpg"), encode_image(twice))
    assert len(response["FaceMatches"]) == 2
    assert response["UnmatchedFaces"] == []


def test_different_people_do_not_match(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), load_photo("admiral.jpg"))
    assert response["FaceMatches"] == []
    assert len(response["UnmatchedFaces"]) == 1


def test_person_matches_one_of_two_faces(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("admiral.jpg"), load_photo("two-portraits.jpg"))
    (match,) = response["FaceMatches"]
    assert len(response["UnmatchedFaces"]) == 1
    overlaps = [compute_overlap(face, match["Face"]["BoundingBox"]) for face in EXPECTED["two-portraits.jpg"]["faces"]]
    assert sorted(overlap >= 0.5 for overlap in overlaps) == [False, True]


def test_source_is_compared_by_its_largest_face(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("two-portraits.jpg"), load_photo("two-portraits.jpg"))
    largest = max(EXPECTED["two-portraits.jpg"]["faces"], key=lambda face: face[2] * face[3])
    assert compute_overlap(largest, response["SourceImageFace"]["BoundingBox"]) >= 0.5
    assert response["SourceImageFace"]["BoundingBox"] == response["FaceMatches"][0]["Face"]["BoundingBox"]


def test_threshold_moves_a_face_from_the_matches_to_the_others(engine: RunningEngine) -> None:
    pair = load_photo("astronaut.jpg"), load_photo("admiral.jpg")
    assert compare_faces(engine, *pair, SimilarityThreshold=0)["FaceMatches"]
    similar = load_photo("astronaut.jpg"), change_photo("astronaut.jpg", CHANGES["turned"])
    (match,) = compare_faces(engine, *similar)["FaceMatches"]
    response = compare_faces(engine, *similar, SimilarityThreshold=min(100.0, match["Similarity"] + 1e-4))
    assert (response["FaceMatches"], len(response["UnmatchedFaces"])) == ([], 1)


def test_a_compared_face_has_the_members_of_aws(engine: RunningEngine) -> None:
    (match,) = compare_faces(engine, load_photo("admiral.jpg"), load_photo("admiral.jpg"))["FaceMatches"]
    assert match["Face"].keys() == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert len(match["Face"]["Landmarks"]) == 5


@pytest.mark.parametrize("quality_filter", ["NONE", "LOW", "MEDIUM", "HIGH", "AUTO"])
def test_sharp_large_face_passes_every_quality_filter(engine: RunningEngine, quality_filter: str) -> None:
    photo = load_photo("admiral.jpg")
    assert compare_faces(engine, photo, photo, QualityFilter=quality_filter)["FaceMatches"]


def test_small_face_does_not_pass_a_high_quality_filter(engine: RunningEngine) -> None:
    small = change_photo("admiral.jpg", lambda image: image.resize((160, 188)))
    response = compare_faces(engine, load_photo("admiral.jpg"), small, QualityFilter="HIGH")
    assert (response["FaceMatches"], response["UnmatchedFaces"]) == ([], [])


def test_source_without_a_face_is_refused(engine: RunningEngine) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        compare_faces(engine, load_photo("coffee.jpg"), load_photo("astronaut.jpg"))


def test_target_without_faces_has_no_matches(engine: RunningEngine) -> None:
    response = compare_faces(engine, load_photo("astronaut.jpg"), load_photo("coffee.jpg"))
    assert (response["FaceMatches"], response["UnmatchedFaces"]) == ([], [])
