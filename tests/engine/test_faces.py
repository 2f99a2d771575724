"""DetectFaces on real photographs: which faces, at which size, with which attributes."""

from collections.abc import Collection
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from rekbridge_engine.vision.mesh_geometry import DEFAULT_LANDMARKS, LANDMARK_POINTS

from tests.engine.engine_process import EXPECTED, RunningEngine, compute_overlap, load_photo
from tests.engine.photo_changes import change_photo, encode_image, lay_on_scenery, open_photo

# The astronaut's face in a photograph of 512 pixels.
ASTRONAUT_FACE = EXPECTED["astronaut.jpg"]["faces"][0]
PHOTOS_WITHOUT_FACES = [name for name, row in EXPECTED.items() if not row["faces"]]


def detect_faces(engine: RunningEngine, image: dict[str, bytes], attributes: Collection[str] = ()) -> list[Any]:
    response = engine.create_client().detect_faces(Image=image, Attributes=list(attributes))
    return list(response["FaceDetails"])


def detect_face(engine: RunningEngine, image: dict[str, bytes], attributes: Collection[str] = ("ALL",)) -> Any:
    (face,) = detect_faces(engine, image, attributes)
    return face


def get_landmarks(face: Any) -> dict[str, tuple[float, float]]:
    return {landmark["Type"]: (landmark["X"], landmark["Y"]) for landmark in face["Landmarks"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_the_expected_faces_are_found(engine: RunningEngine, name: str) -> None:
    boxes = [face["BoundingBox"] for face in detect_faces(engine, load_photo(name))]
    expected = EXPECTED[name]["faces"]
    assert len(boxes) == len(expected)
    assert all(any(compute_overlap(face, box) >= 0.5 for box in boxes) for face in expected)


@pytest.mark.parametrize("name", PHOTOS_WITHOUT_FACES)
@pytest.mark.parametrize("side", [300, 2600])
def test_no_face_is_found_where_none_is(engine: RunningEngine, name: str, side: int) -> None:
    def resize(image: Image.Image) -> Image.Image:
        scale = side / max(image.size)
        return image.resize((max(80, round(image.width * scale)), max(80, round(image.height * scale))))

    assert detect_faces(engine, change_photo(name, resize)) == []


@pytest.mark.parametrize("side", [1000, 2000, 4000])
@pytest.mark.parametrize(("name", "index"), [("astronaut.jpg", 0), ("admiral.jpg", 0)])
@pytest.mark.parametrize("place", [(0.1, 0.1), (0.8, 0.7)])
def test_a_face_of_40_pixels_is_found(
    engine: RunningEngine, side: int, name: str, index: int, place: tuple[float, float]
) -> None:
    photo, (left, top, width, height) = open_photo(name), EXPECTED[name]["faces"][index]
    scale = 40 / (width * photo.width)
    small = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BOX)
    x, y = round(place[0] * side), round(place[1] * side * 3 / 4)
    image = lay_on_scenery(small, (side, side * 3 // 4), (x, y))
    expected = (
        (x + left * small.width) / image.width,
        (y + top * small.height) / image.height,
        width * small.width / image.width,
        height * small.height / image.height,
    )
    boxes = [face["BoundingBox"] for face in detect_faces(engine, encode_image(image))]
    assert [round(compute_overlap(expected, box), 2) >= 0.5 for box in boxes] == [True]


def test_all_of_a_group_of_small_faces_are_found_once(engine: RunningEngine) -> None:
    photo = open_photo("astronaut.jpg").crop((130, 0, 330, 250)).resize((120, 150))
    image = open_photo("pavilion.jpg").resize((2000, 1500))
    for row in range(4):
        for column in range(10):
            image.paste(photo, (20 + 190 * column, 30 + 340 * row))
    assert len(detect_faces(engine, encode_image(image))) == 40


def test_at_most_100_faces_are_answered_and_the_largest_first(engine: RunningEngine) -> None:
    photo = open_photo("astronaut.jpg").crop((130, 0, 330, 250))
    image = Image.new("RGB", (2000, 2000), "grey")
    for number in range(120):
        size = (150, 188) if number == 77 else (100, 125)
        image.paste(photo.resize(size), (10 + 160 * (number % 12), 5 + 195 * (number // 12)))
    faces = detect_faces(engine, encode_image(image))
    areas = [face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"] for face in faces]
    assert len(faces) == 100
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("side", [80, 100, 200])
def test_face_in_the_smallest_image_is_found(engine: RunningEngine, side: int) -> None:
    image = change_photo("astronaut.jpg", lambda photo: photo.crop((130, 20, 330, 220)).resize((side, side)))
    assert len(detect_faces(engine, image)) == 1


@pytest.mark.parametrize("shift", [(-215, 0), (0, -100), (1015, 0), (0, 700)])
def test_box_of_a_face_at_the_border_stays_in_the_image(engine: RunningEngine, shift: tuple[int, int]) -> None:
    image = lay_on_scenery(open_photo("astronaut.jpg"), (1240, 860), shift)
    (face,) = detect_faces(engine, encode_image(image))
    box = face["BoundingBox"]
    assert 0 <= box["Left"] < box["Left"] + box["Width"] <= 1
    assert 0 <= box["Top"] < box["Top"] + box["Height"] <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_face_is_found_as_the_image_is_displayed(engine: RunningEngine, orientation: int) -> None:
    back: dict[int, Image.Transpose] = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    photo, exif = open_photo("astronaut.jpg"), Image.Exif()
    exif[0x0112] = orientation
    stored = photo.transpose(back[orientation]) if orientation in back else photo
    face = detect_face(engine, encode_image(stored, exif=exif))
    assert compute_overlap(ASTRONAUT_FACE, face["BoundingBox"]) >= 0.6


def test_all_returns_30_landmarks_and_the_attributes_that_the_mesh_shows(engine: RunningEngine) -> None:
    face = detect_face(engine, load_photo("astronaut.jpg"))
    assert get_landmarks(face).keys() == LANDMARK_POINTS.keys()
    assert face.keys() == {
        "BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Smile", "EyesOpen", "MouthOpen",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "members"),
    [
        ([], set()),
        (["DEFAULT"], set()),
        (["SMILE"], {"Smile"}),
        (["SMILE", "EYES_OPEN"], {"Smile", "EyesOpen"}),
        (["DEFAULT", "MOUTH_OPEN"], {"MouthOpen"}),
        (["AGE_RANGE", "GENDER", "EMOTIONS", "EYEGLASSES"], set()),
        (["ALL", "DEFAULT"], {"Smile", "EyesOpen", "MouthOpen"}),
    ],
)
def test_default_is_always_included_and_single_attributes_add_their_member(
    engine: RunningEngine, attributes: list[str], members: set[str]
) -> None:
    face = detect_face(engine, load_photo("astronaut.jpg"), attributes)
    assert face.keys() == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"} | members


@pytest.mark.parametrize("attributes", [[], ["DEFAULT"], ["SMILE"]])
def test_only_all_returns_more_than_five_landmarks(engine: RunningEngine, attributes: list[str]) -> None:
    landmarks = get_landmarks(detect_face(engine, load_photo("astronaut.jpg"), attributes))
    assert landmarks.keys() == set(DEFAULT_LANDMARKS)
    assert landmarks.items() <= get_landmarks(detect_face(engine, load_photo("astronaut.jpg"))).items()


@pytest.mark.parametrize("name", ["admiral.jpg", "astronaut.jpg", "two-portraits.jpg"])
def test_landmarks_lie_in_the_box_and_in_the_order_of_a_face(engine: RunningEngine, name: str) -> None:
    for face in detect_faces(engine, load_photo(name), ["ALL"]):
        box, at = face["BoundingBox"], get_landmarks(face)
        inner = {place for landmark, place in at.items() if "Jawline" not in landmark and landmark != "chinBottom"}
        assert all(0 <= (x - box["Left"]) / box["Width"] <= 1 for x, _ in inner)
        assert all(0 <= (y - box["Top"]) / box["Height"] <= 1 for _, y in inner)
        assert at["leftEyeLeft"][0] < at["leftEyeRight"][0] < at["rightEyeLeft"][0] < at["rightEyeRight"][0]
        assert at["upperJawlineLeft"][0] < at["mouthLeft"][0] < at["mouthRight"][0] < at["upperJawlineRight"][0]
        assert at["leftEyeBrowUp"][1] < at["eyeLeft"][1] < at["nose"][1] < at["mouthUp"][1] < at["chinBottom"][1]


def test_smile_and_mouth_are_judged_as_they_look(engine: RunningEngine) -> None:
    astronaut = detect_face(engine, load_photo("astronaut.jpg"))
    admiral = detect_face(engine, load_photo("admiral.jpg"))
    assert (astronaut["Smile"]["Value"], admiral["Smile"]["Value"]) == (True, False)
    assert admiral["MouthOpen"]["Value"] is False
    assert all(face["EyesOpen"]["Value"] and face["EyesOpen"]["Confidence"] <= 80 for face in (astronaut, admiral))


def swap_sides(name: str) -> str:
    return name.replace("Left", "#").replace("Right", "Left").replace("#", "Right")


def mirror_name(name: str) -> str:
    """The landmark on the other side: leftEyeUp is rightEyeUp, leftEyeLeft is rightEyeRight."""
    swapped = swap_sides(name)
    for side, other in (("left", "right"), ("right", "left")):
        if name.startswith(side):
            return other + swapped.removeprefix(side)
    return swapped


@pytest.mark.parametrize("name", ["admiral.jpg", "astronaut.jpg"])
def test_mirrored_photo_mirrors_landmarks_yaw_and_roll(engine: RunningEngine, name: str) -> None:
    def tilt(image: Image.Image) -> Image.Image:
        return image.rotate(12, Image.Resampling.BICUBIC)

    face = detect_face(engine, change_photo(name, tilt))
    mirrored = detect_face(engine, change_photo(name, lambda image: ImageOps.mirror(tilt(image))))
    other_side = get_landmarks(mirrored)
    for landmark, (x, y) in get_landmarks(face).items():
        assert other_side[mirror_name(landmark)] == pytest.approx((1 - x, y), abs=0.02)
    assert mirrored["Pose"]["Roll"] == pytest.approx(-face["Pose"]["Roll"], abs=3)
    assert mirrored["Pose"]["Yaw"] == pytest.approx(-face["Pose"]["Yaw"], abs=5)
    assert mirrored["Pose"]["Pitch"] == pytest.approx(face["Pose"]["Pitch"], abs=5)


@pytest.mark.parametrize("angle", [-40, -20, 8, 20, 40])
def test_roll_changes_with_the_rotation_of_the_image(engine: RunningEngine, angle: int) -> None:
    # Pillow rotates anticlockwise; Rekognition counts clockwise.
    original = detect_face(engine, load_photo("astronaut.jpg"))
    turned = change_photo("astronaut.jpg", lambda image: image.rotate(angle, Image.Resampling.BICUBIC))
    assert original["Pose"]["Roll"] - detect_face(engine, turned)["Pose"]["Roll"] == pytest.approx(angle, abs=4)


def test_face_too_blurred_for_the_mesh_has_box_and_five_points_but_no_pose(engine: RunningEngine) -> None:
    blurred = change_photo("astronaut.jpg", lambda image: image.filter(ImageFilter.GaussianBlur(8)))
    face = detect_face(engine, blurred)
    assert face.keys() == {"BoundingBox", "Confidence", "Landmarks", "Quality"}
    assert get_landmarks(face).keys() == set(DEFAULT_LANDMARKS)


def test_darker_image_has_lower_brightness(engine: RunningEngine) -> None:
    darker = change_photo("astronaut.jpg", lambda image: ImageEnhance.Brightness(image).enhance(0.6))
    original = detect_face(engine, load_photo("astronaut.jpg"))["Quality"]["Brightness"]
    assert detect_face(engine, darker)["Quality"]["Brightness"] < 0.75 * original
