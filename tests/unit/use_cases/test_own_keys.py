"""A caller of the REST API reaches its own keys only: every route that takes a key, for two callers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge_lambda.domain.operations import CATALOG

from tests.api_caller import ACCOUNT, ApiCaller, ApiReply
from tests.builders import encode_image, make_png

UPLOADER, STRANGER = "role-Uploader", "user-anna"
ARNS = {
    UPLOADER: f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader/session-1",
    STRANGER: f"arn:aws:iam::{ACCOUNT}:user/staff/anna",
}
# Routes without a key. A new route has to be listed here, or to have its requests in `list_requests`.
WITHOUT_KEY = {("GET", "/health"), ("GET", "/capacity")}

type Request = tuple[tuple[str, str], dict[str, str], Any]


def list_requests(key: str) -> Iterator[Request]:
    """Every way to name this key: route, path parameters, body; for two images the key is in each position once."""
    yield ("POST", "/uploads"), {}, {"key": key}
    for name, operation in CATALOG.items():
        for position in operation.image_parameters:
            images = {other: encode_image(make_png("other")) for other in operation.image_parameters}
            yield (
                ("POST", "/analyze/{operation}"),
                {"operation": name},
                images | {position: {"S3Object": {"Name": key}}},
            )
            versioned = {"S3Object": {"Name": key, "Version": "v1"}}
            yield ("POST", "/analyze/{operation}"), {"operation": name}, images | {position: versioned}


REQUESTS = list(list_requests("{prefix}/cat.png"))


def send(caller: ApiCaller, request: Request, prefix: str) -> ApiReply:
    (_, resource), path, body = request
    text = json.dumps(body).replace("{prefix}", prefix)
    return caller.post(resource, text.encode(), "application/json", **path)


@pytest.fixture(params=ARNS)
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def caller(prefix: str) -> ApiCaller:
    """A caller who is not trusted; an image of each of the two is stored."""
    caller = ApiCaller(arn=ARNS[prefix], trusted_callers=[])
    for owner in ARNS:
        caller.harness.store_original(owner, f"{owner}/cat.png")
    return caller


def test_every_route_that_takes_a_key_is_tested() -> None:
    assert {route for route, _, _ in REQUESTS} | WITHOUT_KEY == set(ApiCaller().routes)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request[0][1]} {request[1]} {[*request[2]]}")
def test_a_key_of_another_owner_is_403_whether_it_exists_or_not(
    caller: ApiCaller, prefix: str, request_: Request
) -> None:
    [other] = ARNS.keys() - {prefix}
    existing, missing = send(caller, request_, other), send(caller, request_, f"{other}/none")
    assert (existing.status, existing.json["code"]) == (403, "not-your-prefix")
    assert prefix in existing.json["message"]
    assert existing.json == missing.json
    assert (caller.upload_signer, caller.harness.rekognition.calls, caller.harness.results) == ([], [], {})


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request[0][1]} {request[1]} {[*request[2]]}")
def test_an_own_key_is_accepted(caller: ApiCaller, prefix: str, request_: Request) -> None:
    reply = send(caller, request_, prefix)
    assert reply.json.get("code") != "not-your-prefix"
    assert reply.status == (400 if request_[1].get("operation") == "custom-labels" else 200)


def test_nothing_is_looked_up_for_a_key_of_another_owner(caller: ApiCaller, prefix: str) -> None:
    class UnusedMediaStore:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"{name} was called")

    [other] = ARNS.keys() - {prefix}
    caller.harness.media = UnusedMediaStore()  # type: ignore[assignment]
    body = {"Image": {"S3Object": {"Name": f"{other}/cat.png"}}}
    assert caller.analyze("labels", body).status == 403


@pytest.mark.parametrize(("method", "resource"), sorted(WITHOUT_KEY))
def test_health_and_capacity_need_no_prefix(caller: ApiCaller, method: str, resource: str) -> None:
    assert caller.get(resource).status == 200


def test_bytes_need_no_prefix(caller: ApiCaller) -> None:
    assert caller.analyze("labels", make_png()).status == 200
