"""What Rekbridge's fixture `rekognition` orders from the engine."""

from pathlib import Path
from typing import Any

import pytest
from rekbridge.testing import LocalRekognition

from tests.engine.engine_process import PHOTOS, RunningEngine, load_photo

CAT, PORTRAIT = load_photo("cat.jpg"), load_photo("astronaut.jpg")
NO_MATCH: dict[str, Any] = {"FaceMatches": [], "UnmatchedFaces": []}
UNICORN = {"Labels": [{"Name": "Unicorn", "Confidence": 98.5}]}


@pytest.fixture
def rekognition(engine: RunningEngine) -> LocalRekognition:
    return LocalRekognition(f"{engine.url}/control")


def detect_labels(engine: RunningEngine, image: dict[str, bytes] = CAT, region: str = "eu-west-1") -> list[str]:
    return [label["Name"] for label in engine.create_client(region).detect_labels(Image=image)["Labels"]]


@pytest.mark.parametrize("image", [CAT["Bytes"], PHOTOS / "cat.jpg"], ids=["bytes", "path"])
def test_answer_is_for_one_image_and_counts_its_calls(
    engine: RunningEngine, rekognition: LocalRekognition, image: bytes | Path
) -> None:
    order = rekognition.answer("DetectLabels", UNICORN, image=image)
    assert (detect_labels(engine), detect_labels(engine)) == (["Unicorn"], ["Unicorn"])
    assert detect_labels(engine, PORTRAIT) != ["Unicorn"]
    assert order.used_calls == 2


def test_image_may_be_the_digest_in_the_log_of_calls(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    detect_labels(engine)
    order = rekognition.answer("DetectLabels", UNICORN, image=rekognition.list_calls()[0].sha256)
    assert detect_labels(engine) == ["Unicorn"]
    assert [call.order for call in rekognition.list_calls()] == [None, order.id]


def test_comparison_is_ordered_by_source_and_target(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    order = rekognition.answer("CompareFaces", NO_MATCH, image=(PORTRAIT["Bytes"], CAT["Bytes"]))
    client = engine.create_client()
    client.compare_faces(SourceImage=PORTRAIT, TargetImage=CAT)
    client.compare_faces(SourceImage=PORTRAIT, TargetImage=PORTRAIT)
    assert order.used_calls == 1


def test_parts_are_merged(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    rekognition.merge_answer("DetectLabels", {"LabelModelVersion": "9.9", "Labels": None})
    response = engine.create_client().detect_labels(Image=CAT)
    assert (response["LabelModelVersion"], "Labels" in response) == ("9.9", False)


def test_answer_is_for_one_region_and_a_number_of_calls(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    rekognition.answer("DetectLabels", UNICORN, region="us-east-1", calls=1)
    answers = [
        detect_labels(engine, region=region) == ["Unicorn"] for region in ("eu-west-1", "us-east-1", "us-east-1")
    ]
    assert answers == [False, True, False]


def test_answer_that_was_taken_back_is_gone(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    order = rekognition.answer("DetectLabels", UNICORN)
    order.take_back()
    assert detect_labels(engine) != ["Unicorn"]
    with pytest.raises(LookupError, match="there is no ordered answer"):
        order.take_back()
    with pytest.raises(LookupError, match="was taken back"):
        print(order.used_calls)


@pytest.mark.parametrize("end", [LocalRekognition.reset, LocalRekognition.clear_answers])
def test_all_answers_are_taken_back_at_once(engine: RunningEngine, rekognition: LocalRekognition, end: Any) -> None:
    rekognition.answer("DetectLabels", UNICORN)
    end(rekognition)
    assert engine.list_answers() == []


def test_answer_that_rekognition_could_not_send_names_the_place(rekognition: LocalRekognition) -> None:
    with pytest.raises(ValueError, match=r"answer\.Labels\[0\]\.Confidence must be a number, not nan"):
        rekognition.answer("DetectLabels", {"Labels": [{"Confidence": float("nan")}]})


def test_name_of_a_file_is_no_image(rekognition: LocalRekognition) -> None:
    with pytest.raises(ValueError, match="sha256 must be the 64 hexadecimal digits of the image's bytes"):
        rekognition.answer("DetectLabels", UNICORN, image="cat.jpg")


def test_error_has_its_message_and_members(engine: RunningEngine, rekognition: LocalRekognition) -> None:
    code = "HumanLoopQuotaExceededException"
    rekognition.return_error(code, calls=1, message="Too many", members={"ResourceType": "human-loop"})
    client = engine.create_client()
    with pytest.raises(client.exceptions.HumanLoopQuotaExceededException, match="Too many") as raised:
        client.detect_moderation_labels(Image=CAT)
    assert raised.value.response["ResourceType"] == "human-loop"
