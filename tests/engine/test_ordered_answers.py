"""Ordered answers over HTTP and boto3: what a caller gets, and what still applies before it."""

import hashlib
import http.client
import json
import os
import signal
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.engine.engine_process import RunningEngine, load_photo, run_engine, wait_until
from tests.engine.test_process import is_running, list_workers
from tests.engine.test_regions import build_s3_image, serve_s3

CAT, PORTRAIT = load_photo("cat.jpg"), load_photo("astronaut.jpg")
UNICORN = {"Labels": [{"Name": "Einhorn 🦄", "Confidence": 98.5, "Parents": [{"Name": "Animal"}]}]}


def detect_labels(engine: RunningEngine, region: str = "eu-west-1", image: dict[str, Any] = CAT) -> list[str]:
    return [label["Name"] for label in engine.create_client(region).detect_labels(Image=image)["Labels"]]


def post(engine: RunningEngine, body: bytes) -> tuple[int, str]:
    """Order an answer with a body that Python would not write; the status and the reason."""
    connection = http.client.HTTPConnection(engine.url.removeprefix("http://"), timeout=30)
    connection.request("POST", "/control/answers", body)
    response = connection.getresponse()
    status, text = response.status, response.read()
    connection.close()
    return status, json.loads(text)["error"]


def test_ordered_answer_is_the_whole_response(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN)
    response = engine.create_client().detect_labels(Image=CAT)
    assert {name: response[name] for name in response if name != "ResponseMetadata"} == UNICORN


def test_ordered_parts_replace_those_of_the_analysis(engine: RunningEngine) -> None:
    plain = engine.create_client().detect_faces(Image=PORTRAIT)
    engine.merge_answer("DetectFaces", {"OrientationCorrection": "ROTATE_90"})
    merged = engine.create_client().detect_faces(Image=PORTRAIT)
    assert (merged["FaceDetails"], merged["OrientationCorrection"]) == (plain["FaceDetails"], "ROTATE_90")


def test_whole_numbers_arrive_as_the_floats_of_the_model(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", {"Labels": [{"Name": "Cat", "Confidence": 99}]})
    (label,) = engine.create_client().detect_labels(Image=CAT)["Labels"]
    assert isinstance(label["Confidence"], float)


def test_ordered_answer_for_an_image_is_for_that_image_only(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN, sha256=hashlib.sha256(CAT["Bytes"]).hexdigest())
    assert detect_labels(engine) == ["Einhorn 🦄"]
    assert "Einhorn 🦄" not in detect_labels(engine, image=PORTRAIT)


def test_ordered_answer_of_one_region_does_not_reach_another(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN, region="us-east-1")
    assert detect_labels(engine, "us-east-1") == ["Einhorn 🦄"]
    assert detect_labels(engine, "eu-west-1") != ["Einhorn 🦄"]


def test_answer_for_one_call_is_given_to_exactly_one_of_many_at_once(engine: RunningEngine) -> None:
    engine.answer("DetectModerationLabels", {"ModerationLabels": [{"Name": "Ordered"}]}, calls=1)

    def call(_: int) -> int:
        found = engine.create_client("us-east-1").detect_moderation_labels(Image=CAT)["ModerationLabels"]
        return sum(label["Name"] == "Ordered" for label in found)

    with ThreadPoolExecutor(8) as callers:
        assert sum(callers.map(call, range(24))) == 1
    assert [row["used"] for row in engine.list_answers()] == [1]


def test_answer_that_was_taken_back_is_given_no_more(engine: RunningEngine) -> None:
    order = engine.answer("DetectLabels", UNICORN)
    assert detect_labels(engine) == ["Einhorn 🦄"]
    engine.take_back_answer(order)
    assert detect_labels(engine) != ["Einhorn 🦄"]
    assert engine.list_answers() == []


def test_order_that_does_not_exist_cannot_be_taken_back(engine: RunningEngine) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        engine.take_back_answer(10**9)


def test_call_log_names_the_order_and_shows_the_image_as_ever(engine: RunningEngine) -> None:
    order = engine.answer("DetectLabels", UNICORN, calls=1)
    admiral = load_photo("admiral.jpg")
    detect_labels(engine, image=admiral)
    detect_labels(engine, image=admiral)
    first, second = engine.list_calls()
    assert (first["order"], second["order"]) == (order, None)
    assert first["metadata"] == ["comment"]
    same = ("operation", "region", "mode", "bytes", "metadata", "answer", "sha256")
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


def test_fault_comes_before_an_ordered_answer_and_leaves_it(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN, calls=1)
    engine.add_fault(fault="throttle", calls=1)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        detect_labels(engine)
    assert detect_labels(engine) == ["Einhorn 🦄"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"Image": {"Bytes": b"no image"}}, "InvalidImageFormatException"),
        ({"Image": {"Bytes": PORTRAIT["Bytes"][:-9000]}}, "InvalidImageFormatException"),
        ({"Image": {}}, "InvalidParameterException"),
        ({"Image": CAT, "MinConfidence": 101}, "ValidationException"),
        ({"Image": build_s3_image("eu-west-1")}, "InvalidS3ObjectException"),
    ],
)
def test_wrong_call_still_fails_and_uses_up_no_order(
    engine: RunningEngine, request_: dict[str, Any], code: str
) -> None:
    engine.answer("DetectLabels", UNICORN, calls=1)
    with pytest.raises(ClientError, match=code):
        engine.create_client().detect_labels(**request_)
    assert [row["used"] for row in engine.list_answers()] == [0]


def test_quota_still_applies(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN)
    engine.set_quota("eu-west-1", "DetectLabels", 1)
    with ThreadPoolExecutor(8) as callers, pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
        list(callers.map(lambda _: detect_labels(engine), range(8)))


def test_region_without_an_endpoint_still_drops_the_connection(engine: RunningEngine) -> None:
    engine.answer("DetectLabels", UNICORN)
    with pytest.raises(ConnectionClosedError):
        detect_labels(engine, "eu-west-3")


def test_staged_image_is_matched_by_its_content() -> None:
    with serve_s3() as endpoint, run_engine("--control", "--workers", "1", "--s3-endpoint", endpoint) as engine:
        engine.answer("DetectLabels", UNICORN, sha256=hashlib.sha256(PORTRAIT["Bytes"]).hexdigest())
        assert detect_labels(engine, image=build_s3_image("eu-west-1")) == ["Einhorn 🦄"]
        (call,) = engine.list_calls()
        assert (call["mode"], call["bytes"]) == ("staged", len(PORTRAIT["Bytes"]))


def test_the_picture_is_not_analyzed_for_a_whole_answer(engine: RunningEngine) -> None:
    # A comparison without a face in its source fails when it is analyzed.
    no_face = load_photo("coffee.jpg")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        engine.create_client().compare_faces(SourceImage=no_face, TargetImage=PORTRAIT)
    engine.answer("CompareFaces", {"FaceMatches": [], "UnmatchedFaces": []})
    assert engine.create_client().compare_faces(SourceImage=no_face, TargetImage=PORTRAIT)["FaceMatches"] == []


def test_answer_of_five_megabytes_arrives(engine: RunningEngine) -> None:
    labels = [{"Name": f"ラベル {number}", "Confidence": 50.5} for number in range(100_000)]
    assert len(json.dumps({"Labels": labels})) > 5_000_000
    engine.answer("DetectLabels", {"Labels": labels}, calls=1)
    assert engine.create_client().detect_labels(Image=CAT)["Labels"] == labels


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "the body is not JSON"),
        (b"[]", 400, "the body must be a JSON object"),
        (b"\xff", 400, "the body is not JSON"),
        (b"[" * 200_000, 400, "the body is not JSON"),
        (b'{"operation": "DetectLabels", "answer": ' + b'{"Labels": [' * 5_000, 400, "the body is not JSON"),
        (b'{"operation": "DetectLabels", "answer": {"Labels": [{"Confidence": NaN}]}}', 400,
         "answer.Labels[0].Confidence must be a number, not nan"),
        (b'{"operation": "DetectLabels", "answer": {"Labels": [{"Confidence": 1e999}]}}', 400,
         "answer.Labels[0].Confidence must be a number, not inf"),
        (b" " * (16 * 1024 * 1024 + 1), 413, "Request is too large"),
    ],
    ids=["empty", "list", "no-utf-8", "brackets", "deep", "nan", "infinity", "large"],
)  # fmt: skip
def test_body_that_is_no_order_is_refused(engine: RunningEngine, body: bytes, status: int, reason: str) -> None:
    answer, text = post(engine, body)
    assert (answer, reason in text) == (status, True), text
    assert engine.list_answers() == []


@pytest.fixture(scope="module")
def single_worker_engine() -> Iterator[RunningEngine]:
    """An engine with one worker, for the test that kills it."""
    with run_engine("--workers", "1", "--control") as engine:
        yield engine


def test_call_whose_worker_dies_uses_up_no_order(single_worker_engine: RunningEngine) -> None:
    parts = {"TextModelVersion": "9.9"}
    single_worker_engine.merge_answer("DetectText", parts, calls=1)
    (victim,) = list_workers(single_worker_engine)
    client = single_worker_engine.create_client()
    with ThreadPoolExecutor(1) as caller:
        call = caller.submit(client.detect_text, Image=load_photo("chapter.jpg"))
        wait_until(lambda: is_running(victim), 20)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ClientError, match="InternalServerError"):
            call.result(30)
    assert [row["used"] for row in single_worker_engine.list_answers()] == [0]
    assert client.detect_text(Image=load_photo("coffee.jpg"))["TextModelVersion"] == "9.9"


def test_orders_end_with_the_engine() -> None:
    with run_engine("--workers", "1", "--control") as engine:
        engine.answer("DetectLabels", UNICORN)
    with run_engine("--workers", "1", "--control") as engine:
        assert engine.list_answers() == []
