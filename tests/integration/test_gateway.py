"""What answers in the place of our code: the gateway, in the same JSON as ours."""

import pytest
import urllib3
from rekbridge.testing import Stack


@pytest.mark.needs("gateway-responses")
def test_who_signs_nothing_is_refused_in_words_of_ours(stack: Stack) -> None:
    answer = urllib3.request("GET", f"{stack.deployed.api_url}/health")
    assert answer.status == 403

    told = answer.json()
    assert told["code"] == "not-signed"
    assert "GET /health" in told["message"]
    assert told["request_id"]


@pytest.mark.needs("gateway-responses")
def test_a_path_that_is_not_there_is_told_which_are(stack: Stack) -> None:
    answer = stack.request("GET", "/nowhere")
    assert answer.status == 403
    assert answer.json().keys() == {"code", "message", "request_id"}
    assert "POST /analyze/{operation}" in answer.json()["message"]
