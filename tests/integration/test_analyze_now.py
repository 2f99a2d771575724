"""The deployed REST API: analysed while the caller waits, paid once, and every refusal typed."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from rekbridge.api.client import Answer
from rekbridge.testing import Call, Rekognition, Stack

from tests.integration.pictures import geotagged, picture

# An operation that no other test asks for, and that costs the local Rekognition nothing: its lanes may be spoiled.
SPARE, ACTION = "protective-equipment", "DetectProtectiveEquipment"


def ask(stack: Stack, operation: str, body: Any) -> Answer:
    """A file as it is, all else as JSON."""
    if isinstance(body, bytes):
        return stack.request("POST", f"/analyze/{operation}", body, {"Content-Type": "image/jpeg"})
    told = json.dumps(body).encode()
    return stack.request("POST", f"/analyze/{operation}", told, {"Content-Type": "application/json"})


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and code of an answer that is none."""
    assert answer.json().keys() == {"code", "message", "request_id"}
    return answer.status, answer.json()["code"]


def calls(rekognition: Rekognition, action: str) -> list[Call]:
    return [call for call in rekognition.calls(action) if call.answer == "ok"]


def test_an_image_is_analysed_while_its_caller_waits(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    answer = ask(stack, "faces", picture(owner))

    assert answer.status == 200
    assert len(answer.json()["FaceDetails"]) == 1
    how = answer.json()["Rekbridge"]
    [call] = calls(rekognition, "DetectFaces")
    assert (how["region"], how["cached"], how["prepared"][0]["bytes"]) == (call.region, False, call.bytes)


def test_what_leaves_home_tells_nothing_but_the_picture(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    assert ask(stack, "faces", geotagged(owner)).status == 200

    assert [call.metadata for call in calls(rekognition, "DetectFaces")] == [[]]


def test_the_same_again_calls_nobody(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    coded = {"Image": {"Bytes": base64.b64encode(picture(owner)).decode()}}
    answers = [ask(stack, SPARE, picture(owner)), ask(stack, SPARE, picture(owner)), ask(stack, SPARE, coded)]

    assert [answer.json()["Rekbridge"]["cached"] for answer in answers] == [False, True, True]
    assert len(calls(rekognition, ACTION)) == 1


def test_the_same_twice_at_once_is_paid_once(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    rekognition.delay(1500, ACTION, calls=1)
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: ask(stack, SPARE, picture(owner)), range(3)))

    assert [answer.status for answer in answers] == [200] * 3
    assert sorted(answer.json()["Rekbridge"]["cached"] for answer in answers) == [False, True, True]
    assert len(calls(rekognition, ACTION)) == 1


def test_what_an_upload_brought_is_answered_at_once(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    version = stack.upload(f"{owner}/portrait.jpg", picture(owner))
    stack.settled(version)
    stored = {"Image": {"S3Object": {"Name": version.key}}}

    answer = ask(stack, "labels", stored)
    assert (answer.status, answer.json()["Rekbridge"]["cached"]) == (200, True)
    assert {label["Name"] for label in answer.json()["Labels"]} == {"Face", "Person"}
    assert len(calls(rekognition, "DetectLabels")) == 1


def test_two_faces_are_compared(stack: Stack, owner: str) -> None:
    coded = [{"Bytes": base64.b64encode(picture(owner + one)).decode()} for one in ("a", "b")]
    answer = ask(stack, "compare-faces", {"SourceImage": coded[0], "TargetImage": coded[1], "SimilarityThreshold": 80})

    assert answer.status == 200
    assert len(answer.json()["FaceMatches"]) == 1


def test_a_form_lets_an_upload_in_which_is_analysed(stack: Stack, owner: str) -> None:
    wish = {"key": f"{owner}/käse +1.jpg", "content_type": "image/jpeg"}
    form = stack.request("POST", "/uploads", json.dumps(wish).encode(), {"Content-Type": "application/json"}).json()
    posted = requests.post(form["url"], form["fields"], files={"file": picture(owner)}, timeout=10)

    assert posted.status_code == 204, posted.text
    head = stack.client("s3").head_object(Bucket=stack.deployed.bucket("media"), Key=wish["key"])
    assert head["ContentType"] == "image/jpeg"
    stored = {"Image": {"S3Object": {"Name": wish["key"]}}}
    assert ask(stack, "faces", stored).status == 200


def test_a_form_lets_nothing_else_in(stack: Stack, owner: str) -> None:
    wish = json.dumps({"key": f"{owner}/a.jpg"}).encode()
    form = stack.request("POST", "/uploads", wish, {"Content-Type": "application/json"}).json()
    other = {**form["fields"], "key": "otto/a.jpg"}

    assert requests.post(form["url"], other, files={"file": b"x"}, timeout=10).status_code == 403
    assert requests.post(form["url"], form["fields"], files={"file": b""}, timeout=10).status_code == 400


def test_a_region_that_is_down_is_gone_round(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    rekognition.drop("eu-west-1")
    for number in range(4):
        answer = ask(stack, SPARE, picture(f"{owner}{number}"))
        assert answer.status == 200, answer.body
        assert answer.json()["Rekbridge"]["region"] != "eu-west-1"


def test_a_full_quota_is_429_and_when_to_ask_again(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    rekognition.throttle(ACTION)
    answer = ask(stack, SPARE, picture(owner))

    assert refusal(answer) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) >= 1
    rekognition.recover()
    assert ask(stack, SPARE, picture(owner)).status == 200


def test_a_slow_rekognition_is_504_before_the_gateway_gives_up(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    rekognition.delay(25_000, ACTION)
    answer = ask(stack, SPARE, picture(owner))

    assert refusal(answer) == (504, "timeout")
    assert "the region took the call" in answer.json()["message"] or "did not answer" in answer.json()["message"]


def test_what_will_never_do_is_told_apart(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    image = {"Bytes": base64.b64encode(picture(owner)).decode()}
    unknown = {"Image": {"S3Object": {"Name": f"{owner}/none.jpg"}}}
    assert refusal(ask(stack, "labels", {"Image": image, "MinConfidence": 700})) == (400, "invalid-parameter")
    assert refusal(ask(stack, "labels", b"%PDF-1.7")) == (400, "unreadable-image")
    assert refusal(ask(stack, "labels", unknown)) == (404, "gone")
    assert refusal(ask(stack, "colours", picture(owner))) == (404, "unknown-operation")
    assert refusal(ask(stack, "labels", bytes(4_600_000))) == (413, "request-too-large")
    assert refusal(stack.request("POST", "/analyze/labels", b"x", {"Content-Type": "text/plain"}))[0] == 415
    assert rekognition.calls() == []


def test_health_and_capacity_tell_of_every_operation_that_may_be_asked(stack: Stack) -> None:
    health, capacity = (stack.request("GET", f"/{name}").json() for name in ("health", "capacity"))

    assert health["region"] == stack.deployed.home
    assert capacity["operations"].keys() == health["operations"].keys() >= {"labels", "faces", "compare-faces"}
    assert set(capacity["operations"]["labels"]) == set(health["operations"]["labels"]["regions"])
