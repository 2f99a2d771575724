"""The deployed REST API: synchronous analysis, paid once, and errors with a status and a code."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from rekbridge.api.client import ApiResponse
from rekbridge.testing import LocalRekognition, RekognitionCall, Stack

from tests.integration.sample_images import make_geotagged_image, make_image

# No other test uses this operation, and it is cheap for the local Rekognition: faults may change its rate limits.
SPARE_OPERATION, SPARE_ACTION = "protective-equipment", "DetectProtectiveEquipment"


def analyze(stack: Stack, operation: str, body: Any) -> ApiResponse:
    """Send an image file as it is, everything else as JSON."""
    if isinstance(body, bytes):
        return stack.request("POST", f"/analyze/{operation}", body, {"Content-Type": "image/jpeg"})
    encoded = json.dumps(body).encode()
    return stack.request("POST", f"/analyze/{operation}", encoded, {"Content-Type": "application/json"})


def get_error(response: ApiResponse) -> tuple[int, str]:
    """Status and code of an error response."""
    assert response.json().keys() == {"code", "message", "request_id"}
    return response.status, response.json()["code"]


def list_successful_calls(rekognition: LocalRekognition, action: str) -> list[RekognitionCall]:
    return [call for call in rekognition.list_calls(action) if call.answer == "ok"]


def test_an_image_is_analysed_while_its_caller_waits(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    response = analyze(stack, "faces", make_image(owner))

    assert response.status == 200
    assert len(response.json()["FaceDetails"]) == 1
    details = response.json()["Rekbridge"]
    [call] = list_successful_calls(rekognition, "DetectFaces")
    assert (details["region"], details["cached"], details["prepared"][0]["bytes"]) == (call.region, False, call.bytes)


def test_the_image_that_leaves_home_has_no_metadata(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    assert analyze(stack, "faces", make_geotagged_image(owner)).status == 200

    assert [call.metadata for call in list_successful_calls(rekognition, "DetectFaces")] == [[]]


def test_the_same_image_again_needs_no_call(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    coded = {"Image": {"Bytes": base64.b64encode(make_image(owner)).decode()}}
    responses = [
        analyze(stack, SPARE_OPERATION, make_image(owner)),
        analyze(stack, SPARE_OPERATION, make_image(owner)),
        analyze(stack, SPARE_OPERATION, coded),
    ]

    assert [response.json()["Rekbridge"]["cached"] for response in responses] == [False, True, True]
    assert len(list_successful_calls(rekognition, SPARE_ACTION)) == 1


def test_concurrent_requests_for_the_same_image_are_paid_once(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.delay(1500, SPARE_ACTION, calls=1)
    with ThreadPoolExecutor() as pool:
        responses = list(pool.map(lambda _: analyze(stack, SPARE_OPERATION, make_image(owner)), range(3)))

    assert [response.status for response in responses] == [200] * 3
    assert sorted(response.json()["Rekbridge"]["cached"] for response in responses) == [False, True, True]
    assert len(list_successful_calls(rekognition, SPARE_ACTION)) == 1


def test_the_result_of_an_upload_is_reused(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    version = stack.upload(f"{owner}/portrait.jpg", make_image(owner))
    stack.wait_until_settled(version)
    stored = {"Image": {"S3Object": {"Name": version.key}}}

    response = analyze(stack, "labels", stored)
    assert (response.status, response.json()["Rekbridge"]["cached"]) == (200, True)
    assert {label["Name"] for label in response.json()["Labels"]} == {"Face", "Head", "Person"}
    assert len(list_successful_calls(rekognition, "DetectLabels")) == 1


def test_two_faces_are_compared(stack: Stack, owner: str) -> None:
    coded = [{"Bytes": base64.b64encode(make_image(owner + one)).decode()} for one in ("a", "b")]
    response = analyze(
        stack, "compare-faces", {"SourceImage": coded[0], "TargetImage": coded[1], "SimilarityThreshold": 80}
    )

    assert response.status == 200
    assert len(response.json()["FaceMatches"]) == 1


def test_a_presigned_post_accepts_the_upload_it_was_made_for(stack: Stack, owner: str) -> None:
    request = {"key": f"{owner}/käse +1.jpg", "content_type": "image/jpeg"}
    post = stack.request("POST", "/uploads", json.dumps(request).encode(), {"Content-Type": "application/json"}).json()
    posted = requests.post(post["url"], post["fields"], files={"file": make_image(owner)}, timeout=10)

    assert posted.status_code == 204, posted.text
    head = stack.client("s3").head_object(Bucket=stack.deployed.get_bucket("media"), Key=request["key"])
    assert head["ContentType"] == "image/jpeg"
    stored = {"Image": {"S3Object": {"Name": request["key"]}}}
    assert analyze(stack, "faces", stored).status == 200


def test_a_presigned_post_accepts_nothing_else(stack: Stack, owner: str) -> None:
    request = json.dumps({"key": f"{owner}/a.jpg"}).encode()
    post = stack.request("POST", "/uploads", request, {"Content-Type": "application/json"}).json()
    other = {**post["fields"], "key": "otto/a.jpg"}

    assert requests.post(post["url"], other, files={"file": b"x"}, timeout=10).status_code == 403
    assert requests.post(post["url"], post["fields"], files={"file": b""}, timeout=10).status_code == 400


def test_a_region_that_is_down_is_avoided(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    rekognition.drop_connections("eu-west-1")
    for number in range(4):
        response = analyze(stack, SPARE_OPERATION, make_image(f"{owner}{number}"))
        assert response.status == 200, response.body
        assert response.json()["Rekbridge"]["region"] != "eu-west-1"


def test_an_exceeded_quota_is_429_with_retry_after(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    rekognition.throttle(SPARE_ACTION)
    response = analyze(stack, SPARE_OPERATION, make_image(owner))

    assert get_error(response) == (429, "throttled")
    assert int(response.headers["Retry-After"]) >= 1
    rekognition.clear_faults()
    assert analyze(stack, SPARE_OPERATION, make_image(owner)).status == 200


def test_a_slow_rekognition_is_504_before_the_gateway_times_out(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    rekognition.delay(25_000, SPARE_ACTION)
    response = analyze(stack, SPARE_OPERATION, make_image(owner))

    assert get_error(response) == (504, "timeout")
    assert "did not answer" in response.json()["message"]


def test_each_invalid_request_has_its_own_status_and_code(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    image = {"Bytes": base64.b64encode(make_image(owner)).decode()}
    unknown = {"Image": {"S3Object": {"Name": f"{owner}/none.jpg"}}}
    assert get_error(analyze(stack, "labels", {"Image": image, "MinConfidence": 700})) == (400, "invalid-parameter")
    assert get_error(analyze(stack, "labels", b"%PDF-1.7")) == (400, "unreadable-image")
    assert get_error(analyze(stack, "labels", unknown)) == (404, "gone")
    assert get_error(analyze(stack, "colours", make_image(owner))) == (404, "unknown-operation")
    assert get_error(analyze(stack, "labels", bytes(4_600_000))) == (413, "request-too-large")
    assert get_error(stack.request("POST", "/analyze/labels", b"x", {"Content-Type": "text/plain"}))[0] == 415
    assert rekognition.list_calls() == []


def test_health_and_capacity_list_every_operation_of_the_api(stack: Stack) -> None:
    health, capacity = (stack.request("GET", f"/{name}").json() for name in ("health", "capacity"))

    assert health["region"] == stack.deployed.home
    assert capacity["operations"].keys() == health["operations"].keys() >= {"labels", "faces", "compare-faces"}
    assert set(capacity["operations"]["labels"]) == set(health["operations"]["labels"]["regions"])
