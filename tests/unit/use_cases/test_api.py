"""The API: requests that are refused, upload forms, health and capacity."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain.operations import RegionQuota
from rekbridge_lambda.domain.rate_limits import RateLimitState
from rekbridge_lambda.rate_limiting.gcra import SECOND

from tests.api_caller import ApiCaller
from tests.builders import NOW, make_operation, make_png

IMAGE = {"Image": {"Bytes": base64.b64encode(make_png()).decode()}}
ARN = "arn:aws:rekognition:{}:000000000000:project/cats/version/cats.1/1700000000000"


@pytest.fixture
def caller() -> ApiCaller:
    return ApiCaller()


def get_error(caller: ApiCaller, operation: str, body: Any, content_type: str | None = None) -> tuple[int, str, str]:
    reply = caller.analyze(operation, body, content_type)
    assert caller.harness.rekognition.calls == []
    assert reply.json.keys() == {"code", "message", "request_id"}
    return reply.status, reply.json["code"], reply.json["message"]


@pytest.mark.parametrize("operation", ["labels", "faces", "text", "moderation", "celebrities", "protective-equipment"])
def test_every_operation_on_one_image_accepts_a_file(caller: ApiCaller, operation: str) -> None:
    assert caller.analyze(operation, make_png()).status == 200


def test_a_parameter_that_is_not_in_the_request_has_its_deployed_value(caller: ApiCaller) -> None:
    caller.operations["labels"] = replace(caller.operations["labels"], settings={"MaxLabels": 3, "MinConfidence": 90})
    caller.analyze("labels", IMAGE | {"MinConfidence": 80})
    caller.operations["labels"] = replace(caller.operations["labels"], settings={})
    reply = caller.analyze("labels", IMAGE | {"MinConfidence": 80, "MaxLabels": 3})
    assert reply.json["Rekbridge"]["cached"]


@pytest.mark.parametrize("name", ["faces", "colours", "../health"])
def test_an_unknown_operation_is_404_with_the_names_that_exist(caller: ApiCaller, name: str) -> None:
    del caller.operations["faces"]
    status, code, message = get_error(caller, name, make_png())
    assert (status, code) == (404, "unknown-operation")
    assert "labels" in message


def test_an_invalid_parameter_is_400_with_its_name(caller: ApiCaller) -> None:
    status, code, message = get_error(caller, "labels", IMAGE | {"MinConfidence": 700})
    assert (status, code) == (400, "invalid-parameter")
    assert "MinConfidence has to be 0 to 100" in message


def test_custom_labels_need_a_model(caller: ApiCaller) -> None:
    assert "needs ProjectVersionArn" in get_error(caller, "custom-labels", make_png())[2]


def test_a_deployed_model_is_the_default(caller: ApiCaller) -> None:
    settings = {"ProjectVersionArn": ARN.format("eu-west-1")}
    caller.operations["custom-labels"] = replace(caller.operations["custom-labels"], settings=settings)
    assert caller.analyze("custom-labels", make_png()).status == 200


def test_a_model_is_called_in_its_own_region(caller: ApiCaller) -> None:
    body = IMAGE | {"ProjectVersionArn": ARN.format("eu-central-1")}
    assert caller.analyze("custom-labels", body).json["Rekbridge"]["region"] == "eu-central-1"


def test_a_model_in_another_region_does_not_count_as_a_refusal_by_a_region(caller: ApiCaller) -> None:
    body = IMAGE | {"ProjectVersionArn": ARN.format("us-east-1")}
    assert get_error(caller, "custom-labels", body)[:2] == (400, "invalid-parameter")
    assert caller.harness.region_selector.reports == []


def test_human_review_is_not_available(caller: ApiCaller) -> None:
    human_loop = {
        "HumanLoopName": "r",
        "FlowDefinitionArn": "arn:aws:sagemaker:eu-west-1:000000000000:flow-definition/x",
    }
    assert (
        "HumanLoopConfig is not available"
        in get_error(caller, "moderation", IMAGE | {"HumanLoopConfig": human_loop})[2]
    )


def test_a_missing_key_is_404(caller: ApiCaller) -> None:
    body = {"Image": {"S3Object": {"Name": "anna/none.png"}}}
    assert get_error(caller, "labels", body)[:2] == (404, "gone")


def test_a_file_that_is_not_an_image_is_400_with_its_type(caller: ApiCaller) -> None:
    status, code, message = get_error(caller, "labels", b"%PDF-1.7 and so on")
    assert (status, code) == (400, "unreadable-image")
    assert "a PDF" in message


def test_a_file_that_is_too_large_is_400(caller: ApiCaller) -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return 101 << 20

    caller.harness.media["anna/large.png", "v1"] = Large(make_png())
    body = {"Image": {"S3Object": {"Name": "anna/large.png"}}}
    assert get_error(caller, "labels", body)[:2] == (400, "image-too-large")


def test_an_image_that_is_too_small_is_400(caller: ApiCaller) -> None:
    assert get_error(caller, "labels", make_png(width=4, height=4))[:2] == (400, "image-too-small")


def test_an_upload_form_is_for_one_key_and_15_minutes(caller: ApiCaller) -> None:
    reply = caller.post("/uploads", b'{"key": "anna/cat.jpg", "content_type": "image/jpeg"}', "application/json")
    assert reply.status == 200
    assert reply.json == {
        "url": "https://media.s3.eu-west-3.amazonaws.com/",
        "fields": {"key": "anna/cat.jpg", "policy": "..."},
        "expires_at": "2027-01-15T08:15:00.000Z",
        "max_bytes": 104_857_600,
    }
    assert [(request.key, request.content_type) for request in caller.upload_signer] == [("anna/cat.jpg", "image/jpeg")]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"key": "../results/x"}', b"\xff"])
def test_an_invalid_upload_request_gets_no_form(caller: ApiCaller, body: bytes) -> None:
    assert caller.post("/uploads", body, "application/json").status == 400
    assert caller.upload_signer == []


def test_health_lists_what_is_deployed_and_writes_nothing(caller: ApiCaller) -> None:
    caller.operations = {
        "labels": replace(
            make_operation("labels", MaxLabels=5), regions={"us-east-1": RegionQuota(50), "eu-west-1": RegionQuota(50)}
        )
    }
    assert caller.get("/health").json == {
        "status": "ok",
        "version": "1.0",
        "region": "eu-west-3",
        "operations": {
            "labels": {
                "action": "DetectLabels",
                "regions": ["eu-west-1", "us-east-1"],
                "parameters": {"MaxLabels": 5, "MinConfidence": 70},
            }
        },
    }
    assert caller.rate_limits.writes == 0


def test_capacity_shows_the_effect_of_throttles_and_failures_on_each_quota(caller: ApiCaller) -> None:
    now = NOW * 1000
    caller.operations = {
        "labels": replace(
            make_operation("labels"), regions={"a": RegionQuota(50), "b": RegionQuota(5, 2), "c": RegionQuota(5)}
        )
    }
    caller.rate_limits["labels", "a"] = RateLimitState(
        workers_tat=now + 2 * SECOND, api_tat=now + SECOND, rate_milli=40_125, decreased_at=now
    )
    caller.rate_limits["labels", "b"] = RateLimitState(open_until=now + 30 * SECOND)
    assert caller.get("/capacity").json == {
        "at": "2027-01-15T08:00:00.000Z",
        "operations": {
            "labels": {
                "a": {
                    "quota": 50,
                    "rate": 40.125,
                    "weight": 1,
                    "wait_ms": 1000,
                    "shares": {
                        "workers": {"rate": 20.062, "wait_ms": 2000},
                        "api": {"rate": 20.062, "wait_ms": 1000},
                    },
                    "circuit": "closed",
                    "open_until": None,
                },
                "b": {
                    "quota": 5,
                    "rate": 5,
                    "weight": 2,
                    "wait_ms": 30_000,
                    "shares": {
                        "workers": {"rate": 2.5, "wait_ms": 30_000},
                        "api": {"rate": 2.5, "wait_ms": 30_000},
                    },
                    "circuit": "open",
                    "open_until": "2027-01-15T08:00:30.000Z",
                },
                "c": {
                    "quota": 5,
                    "rate": 5,
                    "weight": 1,
                    "wait_ms": 0,
                    "shares": {"workers": {"rate": 2.5, "wait_ms": 0}, "api": {"rate": 2.5, "wait_ms": 0}},
                    "circuit": "closed",
                    "open_until": None,
                },
            }
        },
    }
