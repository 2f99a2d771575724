"""Synchronous analysis: what is sent to Rekognition, and what the caller gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.domain.errors import NotReady, RefusedByService
from rekbridge_lambda.domain.operations import DeployedOperation

from tests.api_caller import ApiCaller
from tests.builders import encode_image, make_png, make_result
from tests.fakes import FakeRekognitionApi

ONE, OTHER = encode_image(make_png("one")), encode_image(make_png("other"))


@dataclass
class RecordingRekognition(FakeRekognitionApi):
    """Records its requests."""

    requests: list[dict[str, Any]] = field(default_factory=list)

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        self.requests.append(operation.definition.build_request(image, operation.parameters))
        return super().analyze(operation, region, image)


def list_requests(caller: ApiCaller, operation: str, body: Any) -> list[dict[str, Any]]:
    """The requests that reach Rekognition for one API call."""
    caller.harness.rekognition = rekognition = RecordingRekognition(caller.harness.staging)
    caller.analyze(operation, body)
    return rekognition.requests


def test_returns_rekognitions_response_with_details_of_the_call(caller: ApiCaller) -> None:
    reply = caller.analyze("labels", make_png())
    size = len(b"100x100 " + make_png())
    assert (reply.status, reply.json) == (
        200,
        make_result("Cat").response
        | {
            "Rekbridge": {
                "region": "eu-west-1",
                "cached": False,
                "request_id": "request-1",
                "waited_ms": 0,
                "called_ms": 0,
                "prepared": [{"bytes": size, "width": 100, "height": 100}],
            }
        },
    )


def test_the_prepared_image_is_sent(caller: ApiCaller) -> None:
    assert list_requests(caller, "celebrities", make_png()) == [{"Image": {"Bytes": b"100x100 " + make_png()}}]


def test_two_images_are_sent_in_the_order_of_the_request(caller: ApiCaller) -> None:
    body = {"SourceImage": ONE, "TargetImage": OTHER, "SimilarityThreshold": 90}
    assert list_requests(caller, "compare-faces", body) == [
        {
            "SourceImage": {"Bytes": b"100x100 " + make_png("one")},
            "TargetImage": {"Bytes": b"100x100 " + make_png("other")},
            "SimilarityThreshold": 90,
        }
    ]


def test_both_images_are_listed_as_prepared(caller: ApiCaller) -> None:
    reply = caller.analyze(
        "compare-faces", {"SourceImage": ONE, "TargetImage": encode_image(make_png("longer", width=300))}
    )
    assert [image["width"] for image in reply.json["Rekbridge"]["prepared"]] == [100, 300]


def test_the_attempt_counts_the_bytes_of_both_images(caller: ApiCaller) -> None:
    caller.analyze("compare-faces", {"SourceImage": ONE, "TargetImage": OTHER})
    [row] = caller.harness.claims.values()
    assert row.attempts[0][0].sent_bytes == 2 * len(b"100x100 " + make_png())


def test_a_refusal_by_rekognition_is_stored_and_returned_again(caller: ApiCaller) -> None:
    caller.harness.rekognition.errors = [RefusedByService("Request has invalid image format")]
    for _ in range(2):
        reply = caller.analyze("labels", make_png())
        assert (reply.status, reply.json["code"]) == (400, "refused-by-service")
        assert "invalid image format" in reply.json["message"]
    assert caller.harness.rekognition.calls == []


def test_a_model_that_does_not_run_is_reported_without_a_retry(caller: ApiCaller) -> None:
    caller.harness.rekognition.errors = [NotReady("the model is stopped", retry_in=60)] * 9
    reply = caller.analyze("labels", make_png())
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")
    assert len(caller.harness.rekognition.errors) == 8


def test_json_of_any_depth_is_never_a_bug(caller: ApiCaller) -> None:
    for depth in (100, 3_000, 100_000):
        body = b'{"Image": {"S3Object": {"Name": "a/b.jpg"}}, "MaxLabels": ' + b"[" * depth + b"]" * depth + b"}"
        assert caller.post("/analyze/{operation}", body, "application/json", operation="labels").status == 400
