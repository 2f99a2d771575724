"""A caller of the API for these tests."""

import pytest

from tests.api_caller import ApiCaller
from tests.builders import make_result


@pytest.fixture
def caller() -> ApiCaller:
    """Rekognition answers label requests with a cat."""
    caller = ApiCaller()
    caller.harness.rekognition.responses["labels"] = make_result("Cat").response
    return caller
