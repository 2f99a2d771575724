import pytest
from rekbridge_lambda.domain.operations import CATALOG, named
from rekbridge_lambda.domain.results import LONGEST_LABEL, Result, labels, seen

from tests.builders import answer, failure


@pytest.mark.parametrize("result", [answer("Cat"), failure(), Result.without_answer("text", "gone", "why", 1)])
def test_a_result_is_read_as_it_was_stored(result: Result) -> None:
    assert Result.read(result.body()) == result


def test_of_work_that_was_never_answered_nothing_left_home() -> None:
    assert Result.without_answer("text", "gone", "why", 1).sent_bytes == 0


def test_each_label_is_indexed_once() -> None:
    assert labels(named("labels"), answer("Cat", "Pet", "Cat").answer) == ["Cat", "Pet"]


def test_a_label_fits_into_a_key() -> None:
    assert labels(named("labels"), answer("x" * 999).answer) == ["x" * LONGEST_LABEL]


def test_a_label_without_a_name_is_no_label() -> None:
    assert labels(named("labels"), {"Labels": [{"Name": ""}, {"Confidence": 9.0}]}) == []


def test_text_is_not_indexed() -> None:
    assert labels(named("text"), {"TextDetections": [{"DetectedText": "HALT", "Type": "LINE"}]}) == []


def test_of_text_the_lines_are_seen() -> None:
    found = [{"DetectedText": text, "Type": kind} for text, kind in (("HALT ZOLL", "LINE"), ("HALT", "WORD"))]
    assert seen(named("text"), {"TextDetections": found}) == ["HALT ZOLL"]


def test_of_many_lines_the_first_five_are_seen() -> None:
    lines = [{"DetectedText": f"line {number}", "Type": "LINE"} for number in range(7)]
    assert seen(named("text"), {"TextDetections": lines}) == ["line 0", "line 1", "line 2", "line 3", "line 4"]


def test_of_many_labels_the_first_five_are_seen() -> None:
    assert len(seen(named("labels"), answer(*"ABCDEFG").answer)) == 5


def test_of_labels_names_are_seen_with_their_confidence() -> None:
    assert seen(named("labels"), answer("Cat").answer) == ["Cat 100%"]


def test_of_celebrities_the_confidence_of_the_match_is_seen() -> None:
    answer = {"CelebrityFaces": [{"Name": "Ada", "MatchConfidence": 97.0}]}
    assert seen(named("celebrities"), answer) == ["Ada 97%"]


def test_of_faces_their_number_is_seen() -> None:
    assert seen(named("faces"), {"FaceDetails": [{}, {}]}) == ["2 faces"]


@pytest.mark.parametrize("name", CATALOG)
def test_nothing_found_is_seen_as_nothing(name: str) -> None:
    assert seen(CATALOG[name], {}) == []


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    assert seen(named("faces"), {"FaceDetails": [{}]}) == ["1 face"]
