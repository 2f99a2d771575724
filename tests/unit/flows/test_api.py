"""What the API answers besides an analysis, and whom it refuses one."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain.operations import Allowance
from rekbridge_lambda.rate_limiting.state import SECOND, Lane

from tests.builders import NOW, planned, png
from tests.caller import Caller

IMAGE = {"Image": {"Bytes": base64.b64encode(png()).decode()}}
ARN = "arn:aws:rekognition:{}:000000000000:project/cats/version/cats.1/1700000000000"


@pytest.fixture
def caller() -> Caller:
    return Caller()


def refused(caller: Caller, operation: str, body: Any, content_type: str | None = None) -> tuple[int, str, str]:
    reply = caller.ask(operation, body, content_type)
    assert caller.world.vision.calls == []
    assert reply.json.keys() == {"code", "message", "request_id"}
    return reply.status, reply.json["code"], reply.json["message"]


@pytest.mark.parametrize("operation", ["labels", "faces", "text", "moderation", "celebrities", "protective-equipment"])
def test_a_file_may_be_asked_about_whatever_is_deployed_for_uploads(caller: Caller, operation: str) -> None:
    assert caller.ask(operation, png()).status == 200


def test_what_a_request_leaves_out_is_as_deployed(caller: Caller) -> None:
    caller.plan["labels"] = replace(caller.plan["labels"], settings={"MaxLabels": 3, "MinConfidence": 90})
    caller.ask("labels", IMAGE | {"MinConfidence": 80})
    caller.plan["labels"] = replace(caller.plan["labels"], settings={})
    again = caller.ask("labels", IMAGE | {"MinConfidence": 80, "MaxLabels": 3})
    assert again.json["Rekbridge"]["cached"]


@pytest.mark.parametrize("name", ["faces", "colours", "../health"])
def test_an_unknown_operation_is_404_with_those_there_are(caller: Caller, name: str) -> None:
    del caller.plan["faces"]
    status, code, message = refused(caller, name, png())
    assert (status, code) == (404, "unknown-operation")
    assert "labels" in message


def test_a_wrong_parameter_is_named_before_anything_leaves(caller: Caller) -> None:
    status, code, message = refused(caller, "labels", IMAGE | {"MinConfidence": 700})
    assert (status, code) == (400, "invalid-parameter")
    assert "MinConfidence has to be 0 to 100" in message


def test_custom_labels_need_a_model(caller: Caller) -> None:
    assert "needs ProjectVersionArn" in refused(caller, "custom-labels", png())[2]


def test_a_model_that_is_deployed_need_not_be_named(caller: Caller) -> None:
    settings = {"ProjectVersionArn": ARN.format("eu-west-1")}
    caller.plan["custom-labels"] = replace(caller.plan["custom-labels"], settings=settings)
    assert caller.ask("custom-labels", png()).status == 200


def test_a_model_is_asked_in_its_own_region(caller: Caller) -> None:
    asked = IMAGE | {"ProjectVersionArn": ARN.format("eu-central-1")}
    assert caller.ask("custom-labels", asked).json["Rekbridge"]["region"] == "eu-central-1"


def test_a_model_elsewhere_is_no_reason_to_think_a_region_refuses_us(caller: Caller) -> None:
    asked = IMAGE | {"ProjectVersionArn": ARN.format("us-east-1")}
    assert refused(caller, "custom-labels", asked)[:2] == (400, "invalid-parameter")
    assert caller.world.placement.told == []


def test_nobody_is_shown_an_image_for_review(caller: Caller) -> None:
    loop = {"HumanLoopName": "r", "FlowDefinitionArn": "arn:aws:sagemaker:eu-west-1:000000000000:flow-definition/x"}
    assert "HumanLoopConfig is not offered" in refused(caller, "moderation", IMAGE | {"HumanLoopConfig": loop})[2]


def test_a_key_that_is_not_there_is_404(caller: Caller) -> None:
    stored = {"Image": {"S3Object": {"Name": "anna/none.png"}}}
    assert refused(caller, "labels", stored)[:2] == (404, "gone")


def test_what_is_no_image_is_400_with_its_kind(caller: Caller) -> None:
    status, code, message = refused(caller, "labels", b"%PDF-1.7 and so on")
    assert (status, code) == (400, "unreadable-image")
    assert "a PDF" in message


def test_a_file_that_is_too_large_is_not_even_fetched(caller: Caller) -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return 101 << 20

    caller.world.media["anna/large.png", "v1"] = Large(png())
    stored = {"Image": {"S3Object": {"Name": "anna/large.png"}}}
    assert refused(caller, "labels", stored)[:2] == (400, "image-too-large")


def test_a_picture_that_is_too_small_is_400(caller: Caller) -> None:
    assert refused(caller, "labels", png(width=4, height=4))[:2] == (400, "image-too-small")


def test_an_upload_form_is_for_one_key_and_a_while(caller: Caller) -> None:
    reply = caller.post("/uploads", b'{"key": "anna/cat.jpg", "content_type": "image/jpeg"}', "application/json")
    assert reply.status == 200
    assert reply.json == {
        "url": "https://media.s3.eu-west-3.amazonaws.com/",
        "fields": {"key": "anna/cat.jpg", "policy": "..."},
        "until": "2027-01-15T08:15:00.000Z",
        "largest_bytes": 104_857_600,
    }
    assert [(wish.key, wish.content_type) for wish in caller.forms] == [("anna/cat.jpg", "image/jpeg")]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"key": "../results/x"}', b"\xff"])
def test_any_other_wish_has_no_form(caller: Caller, body: bytes) -> None:
    assert caller.post("/uploads", body, "application/json").status == 400
    assert caller.forms == []


def test_health_tells_what_is_deployed_and_calls_nobody(caller: Caller) -> None:
    caller.plan = {
        "labels": replace(
            planned("labels", MaxLabels=5), regions={"us-east-1": Allowance(50), "eu-west-1": Allowance(50)}
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
    assert caller.pace.steps == 0


def test_capacity_tells_what_throttles_and_failures_made_of_a_quota(caller: Caller) -> None:
    now = NOW * 1000
    caller.plan = {
        "labels": replace(planned("labels"), regions={"a": Allowance(50), "b": Allowance(5, 2), "c": Allowance(5)})
    }
    caller.pace["labels", "a"] = Lane(tat=now + 2 * SECOND, rate_milli=40_125, cut_at=now)
    caller.pace["labels", "b"] = Lane(open_until=now + 30 * SECOND)
    assert caller.get("/capacity").json == {
        "at": "2027-01-15T08:00:00.000Z",
        "operations": {
            "labels": {
                "a": {
                    "quota": 50,
                    "rate": 40.125,
                    "weight": 1,
                    "wait_ms": 2000,
                    "breaker": "closed",
                    "open_until": None,
                },
                "b": {
                    "quota": 5,
                    "rate": 5,
                    "weight": 2,
                    "wait_ms": 30_000,
                    "breaker": "open",
                    "open_until": "2027-01-15T08:00:30.000Z",
                },
                "c": {"quota": 5, "rate": 5, "weight": 1, "wait_ms": 0, "breaker": "closed", "open_until": None},
            }
        },
    }
