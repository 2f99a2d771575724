import pytest
from rekbridge_lambda.adapters.s3.results import decode_result, encode_result
from rekbridge_lambda.domain.operations import CATALOG, get_catalog_operation
from rekbridge_lambda.domain.results import MAX_LABEL_LENGTH, Result, extract_labels, summarize_response

from tests.builders import make_failed_result, make_result


@pytest.mark.parametrize(
    "result", [make_result("Cat"), make_failed_result(), Result.create_failure("text", "gone", "why", 1)]
)
def test_a_result_is_decoded_as_it_was_encoded(result: Result) -> None:
    assert decode_result(encode_result(result)) == result


def test_work_that_ended_without_a_call_sent_no_bytes() -> None:
    assert Result.create_failure("text", "gone", "why", 1).sent_bytes == 0


def test_each_label_is_indexed_once() -> None:
    assert extract_labels(get_catalog_operation("labels"), make_result("Cat", "Pet", "Cat").response) == ["Cat", "Pet"]


def test_a_label_is_cut_to_the_length_of_a_key() -> None:
    assert extract_labels(get_catalog_operation("labels"), make_result("x" * 999).response) == ["x" * MAX_LABEL_LENGTH]


def test_a_label_without_a_name_is_not_indexed() -> None:
    assert extract_labels(get_catalog_operation("labels"), {"Labels": [{"Name": ""}, {"Confidence": 9.0}]}) == []


def test_text_is_not_indexed() -> None:
    assert (
        extract_labels(get_catalog_operation("text"), {"TextDetections": [{"DetectedText": "HALT", "Type": "LINE"}]})
        == []
    )


def test_the_summary_of_text_is_its_lines() -> None:
    detections = [{"DetectedText": text, "Type": kind} for text, kind in (("HALT ZOLL", "LINE"), ("HALT", "WORD"))]
    assert summarize_response(get_catalog_operation("text"), {"TextDetections": detections}) == ["HALT ZOLL"]


def test_the_summary_of_text_has_at_most_five_lines() -> None:
    lines = [{"DetectedText": f"line {number}", "Type": "LINE"} for number in range(7)]
    assert summarize_response(get_catalog_operation("text"), {"TextDetections": lines}) == [
        "line 0",
        "line 1",
        "line 2",
        "line 3",
        "line 4",
    ]


def test_the_summary_of_labels_has_at_most_five_names() -> None:
    assert len(summarize_response(get_catalog_operation("labels"), make_result(*"ABCDEFG").response)) == 5


def test_the_summary_of_labels_has_names_with_confidence() -> None:
    assert summarize_response(get_catalog_operation("labels"), make_result("Cat").response) == ["Cat 100%"]


def test_the_summary_of_celebrities_has_the_confidence_of_the_match() -> None:
    response = {"CelebrityFaces": [{"Name": "Ada", "MatchConfidence": 97.0}]}
    assert summarize_response(get_catalog_operation("celebrities"), response) == ["Ada 97%"]


def test_the_summary_of_faces_is_their_number() -> None:
    assert summarize_response(get_catalog_operation("faces"), {"FaceDetails": [{}, {}]}) == ["2 faces"]


@pytest.mark.parametrize("name", CATALOG)
def test_the_summary_of_an_empty_response_is_empty(name: str) -> None:
    assert summarize_response(CATALOG[name], {}) == []


def test_the_summary_of_one_item_is_in_the_singular() -> None:
    assert summarize_response(get_catalog_operation("faces"), {"FaceDetails": [{}]}) == ["1 face"]
