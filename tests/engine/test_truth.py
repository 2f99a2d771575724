"""The engine sees the truth set well enough; the photographs are those of the list, and say nothing about anybody."""

import io
import json

import pytest
from PIL import Image

from tests.engine.engine_process import RunningEngine
from tests.engine.truth.collect import LONGEST_SIDE, SOURCES, compute_sha256, describe_sources
from tests.engine.truth.evaluate import Evaluation, evaluate_engine
from tests.engine.truth.expectations import FOLDER, PHOTOS, load_expectations, load_parents
from tests.engine.truth.report import EXPLANATIONS, find_explanation

# What was measured, less a margin for another processor's last digits: two labels, two boxes and a word.
LEAST_LABEL_RECALL = 0.76
LEAST_INSTANCE_RECALL = 0.71
LEAST_WORD_RECALL = 0.56
EXPECTED = load_expectations()
# What Pillow reads out of the header that every JFIF file has.
JPEG_HEADER = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def open_photo(name: str) -> Image.Image:
    return Image.open(io.BytesIO((PHOTOS / name).read_bytes()))


@pytest.fixture(scope="session")
def evaluation(shared_engine: RunningEngine) -> Evaluation:
    return evaluate_engine(shared_engine.create_client())


def test_nine_labels_of_ten_at_55_are_true(evaluation: Evaluation) -> None:
    assert evaluation.count_labels(55).precision >= 0.9, evaluation.list_wrong_labels(55)


def test_a_higher_confidence_leaves_fewer_wrong_labels(evaluation: Evaluation) -> None:
    assert evaluation.count_labels(75).wrong < evaluation.count_labels(55).wrong


def test_labels_are_found_as_often_as_measured(evaluation: Evaluation) -> None:
    assert evaluation.count_labels(55).recall >= LEAST_LABEL_RECALL, evaluation.list_missed_labels(55)


def test_nine_boxes_of_ten_are_true(evaluation: Evaluation) -> None:
    assert evaluation.count_instances().precision >= 0.9


def test_things_are_boxed_as_often_as_measured(evaluation: Evaluation) -> None:
    assert evaluation.count_instances().recall >= LEAST_INSTANCE_RECALL


def test_every_face_of_40_pixels_is_found(evaluation: Evaluation) -> None:
    assert evaluation.list_missed_faces() == []


def test_no_face_is_seen_on_a_photograph_without_one(evaluation: Evaluation) -> None:
    assert evaluation.list_false_faces(without_faces=True) == []


def test_words_are_read_as_often_as_measured(evaluation: Evaluation) -> None:
    assert evaluation.count_text().recall >= LEAST_WORD_RECALL


def test_every_wrong_label_is_explained(evaluation: Evaluation) -> None:
    wrong = [(file, label) for file, label, _ in evaluation.list_wrong_labels(55)]
    assert [row for row in wrong if not find_explanation(*row)] == []


def test_no_explanation_is_left_of_a_label_that_is_no_longer_wrong(evaluation: Evaluation) -> None:
    wrong = {(file, label) for file, label, _ in evaluation.list_wrong_labels(55)}
    wrong |= {(file, "a face") for file, _ in evaluation.list_false_faces()}
    explained = {(file, label) for file, row in EXPLANATIONS.items() for key in row for label in key.split(", ")}
    assert explained - wrong == set()


def test_every_photograph_has_a_source_and_an_expectation() -> None:
    stored = {path.name for path in PHOTOS.iterdir()}
    assert stored == {photo["file"] for photo in SOURCES["photos"]} == {e.file for e in EXPECTED}


def test_there_are_enough_photographs_of_each_sort() -> None:
    assert len(EXPECTED) >= 60
    assert sum(any(face.must_be_found for face in e.faces) for e in EXPECTED) >= 12
    assert sum(not e.faces for e in EXPECTED) >= 12


def test_the_photographs_are_small_for_a_repository() -> None:
    assert sum(path.stat().st_size for path in PHOTOS.iterdir()) <= 8_000_000


def test_each_photograph_is_the_listed_one() -> None:
    listed = {photo["file"]: photo["sha256"] for photo in SOURCES["photos"]}
    assert {name: compute_sha256((PHOTOS / name).read_bytes()) for name in listed} == listed


def test_each_photograph_has_an_author_and_a_licence() -> None:
    assert [photo["file"] for photo in SOURCES["photos"] if not (photo["author"] and photo["licence"])] == []


def test_the_table_of_sources_is_that_of_the_list() -> None:
    assert (FOLDER / "SOURCES.md").read_text().endswith(describe_sources())


def test_no_photograph_is_larger_than_800_pixels() -> None:
    sizes = {path.name: max(open_photo(path.name).size) for path in PHOTOS.iterdir()}
    assert {name: size for name, size in sizes.items() if size > LONGEST_SIDE} == {}


def test_no_photograph_has_metadata() -> None:
    kept = {path.name: set(open_photo(path.name).info) - JPEG_HEADER for path in PHOTOS.iterdir()}
    assert {name: info for name, info in kept.items() if info} == {}


def test_the_expectations_use_labels_that_the_engine_knows() -> None:
    known = load_parents().keys()
    unknown = {e.file: (e.labels | e.allowed | e.crowd | {label for label, _ in e.objects}) - known for e in EXPECTED}
    assert {file: names for file, names in unknown.items() if names} == {}


def test_a_face_is_marked_small_where_it_is_below_40_pixels() -> None:
    wrong = []
    for expectation in EXPECTED:
        width, height = open_photo(expectation.file).size
        for face in expectation.faces:
            if not face.drawn and (min(face.box[2] * width, face.box[3] * height) < 40) != face.small:
                wrong.append((expectation.file, face.box))
    assert wrong == []


def test_the_expectations_are_sorted_by_file() -> None:
    files = list(json.loads((FOLDER / "expected.json").read_text()))
    assert files == sorted(files)
