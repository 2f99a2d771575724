"""RecognizeCelebrities with a gallery made of tests/photos, and which folders are a gallery."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rekbridge.support import paths, venvs
from rekbridge_engine.celebrity_gallery import GalleryError, read_gallery

from tests.engine.engine_process import RunningEngine, load_photo, run_engine
from tests.engine.photo_changes import open_photo

ASTRONAUT = {"Id": "2Astro", "Urls": ["example.org/astronaut"], "KnownGender": "Female"}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two persons, one of them with two photographs; one photograph shows nobody."""
    folder: Path = tmp_path_factory.mktemp("gallery")
    (folder / "The Admiral").mkdir()
    open_photo("admiral.jpg").save(folder / "The Admiral" / "front.jpg")
    open_photo("admiral.jpg").resize((256, 300)).save(folder / "The Admiral" / "small.png")
    open_photo("astronaut.jpg").rotate(5).save(folder / "The Astronaut.jpg")
    open_photo("coffee.jpg").save(folder / "Nobody.jpg")
    (folder / "celebrities.json").write_text(json.dumps({"The Astronaut": ASTRONAUT}))
    return folder


@pytest.fixture(scope="module")
def gallery_engine(gallery: Path) -> Iterator[RunningEngine]:
    with run_engine("--workers", "1", "--celebrities", str(gallery)) as engine:
        yield engine


def recognize(engine: RunningEngine, name: str) -> Any:
    return engine.create_client().recognize_celebrities(Image=load_photo(name))


def test_without_a_gallery_every_face_is_unrecognized(engine: RunningEngine) -> None:
    response = recognize(engine, "two-portraits.jpg")
    assert (response["CelebrityFaces"], len(response["UnrecognizedFaces"])) == ([], 2)


def test_celebrity_has_what_the_user_wrote(gallery_engine: RunningEngine) -> None:
    (celebrity,) = recognize(gallery_engine, "astronaut.jpg")["CelebrityFaces"]
    assert (celebrity["Name"], celebrity["Id"], celebrity["Urls"]) == ("The Astronaut", "2Astro", ASTRONAUT["Urls"])
    assert celebrity["KnownGender"] == {"Type": "Female"}
    assert celebrity["MatchConfidence"] > 90
    assert {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Smile"} == celebrity["Face"].keys()


def test_celebrity_without_details_has_an_id_but_no_gender(gallery_engine: RunningEngine) -> None:
    (celebrity,) = recognize(gallery_engine, "admiral.jpg")["CelebrityFaces"]
    assert (celebrity["Name"], celebrity["Urls"], "KnownGender" in celebrity) == ("The Admiral", [], False)
    assert celebrity["Id"].isalnum()


def test_each_of_two_faces_gets_its_name(gallery_engine: RunningEngine) -> None:
    response = recognize(gallery_engine, "two-portraits.jpg")
    assert {celebrity["Name"] for celebrity in response["CelebrityFaces"]} == {"The Admiral", "The Astronaut"}
    assert response["UnrecognizedFaces"] == []


def test_stranger_is_unrecognized(gallery_engine: RunningEngine) -> None:
    response = recognize(gallery_engine, "chapter.jpg")
    assert (response["CelebrityFaces"], len(response["UnrecognizedFaces"])) == ([], 1)


def test_image_without_faces_has_no_celebrities(gallery_engine: RunningEngine) -> None:
    response = recognize(gallery_engine, "coffee.jpg")
    assert (response["CelebrityFaces"], response["UnrecognizedFaces"]) == ([], [])


def test_celebrities_are_listed_by_name_with_their_photos(gallery: Path) -> None:
    assert [(celebrity.name, len(celebrity.photos)) for celebrity in read_gallery(gallery)] == [
        ("Nobody", 1), ("The Admiral", 2), ("The Astronaut", 1),
    ]  # fmt: skip


def test_id_depends_on_the_name_alone(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        (folder / "Ada.jpg").touch()
    (tmp_path / "two" / "Bob.png").touch()
    (one,), two = read_gallery(tmp_path / "one"), read_gallery(tmp_path / "two")
    assert one.id == two[0].id != two[1].id


def test_empty_folder_is_a_gallery_of_nobody(tmp_path: Path) -> None:
    assert read_gallery(tmp_path) == ()


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"Ada": 1}', "must be an object of Id, Urls and KnownGender"),
        ('{"Ada": {"Age": 36}}', "must be an object of Id, Urls and KnownGender"),
        ('{"Ada": {"Id": "a b"}}', "letters and digits"),
        ('{"Ada": {"Urls": "x"}}', "list of texts"),
        ('{"Ada": {"KnownGender": "F"}}', "one of Male, Female"),
        ('{"Bob": {}}', "no photograph"),
    ],
)
def test_wrong_details_are_named(tmp_path: Path, details: str, message: str) -> None:
    (tmp_path / "Ada.jpg").touch()
    (tmp_path / "celebrities.json").write_text(details)
    with pytest.raises(GalleryError, match=message):
        read_gallery(tmp_path)


def test_engine_refuses_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    command = [str(venvs.ENGINE.ensure()), "-m", "rekbridge_engine", "--celebrities", str(tmp_path / "none")]
    ended = subprocess.run(command, cwd=paths.ENGINE_FOLDER, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "none is not a folder" in ended.stderr
