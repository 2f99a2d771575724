"""The API that these tests ask, and a worker with the pace that it shares."""

import pytest
from rekbridge_lambda.rate_limiting.limiter import SharedPace

from tests.builders import answer
from tests.caller import Caller
from tests.fakes import FakeClock, FakePaceStore
from tests.unit.flows.workers import another


@pytest.fixture
def caller() -> Caller:
    """Its Rekognition sees a cat."""
    caller = Caller()
    caller.world.vision.answers["labels"] = answer("Cat").answer
    return caller


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakePaceStore:
    return FakePaceStore()


@pytest.fixture
def worker(store: FakePaceStore, now: FakeClock) -> SharedPace:
    return another(store, now)
