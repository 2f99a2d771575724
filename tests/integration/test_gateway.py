"""Errors that the gateway itself answers have the same JSON as ours."""

import pytest
import urllib3
from rekbridge.testing import Stack


@pytest.mark.needs("gateway-responses")
def test_an_unsigned_request_is_refused_with_our_json(stack: Stack) -> None:
    response = urllib3.request("GET", f"{stack.deployed.api_url}/health")
    assert response.status == 403

    body = response.json()
    assert body["code"] == "not-signed"
    assert "GET /health" in body["message"]
    assert body["request_id"]


@pytest.mark.needs("gateway-responses")
def test_an_unknown_path_is_refused_with_the_known_paths(stack: Stack) -> None:
    response = stack.request("GET", "/nowhere")
    assert response.status == 403
    assert response.json().keys() == {"code", "message", "request_id"}
    assert "POST /analyze/{operation}" in response.json()["message"]
