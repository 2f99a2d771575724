"""A worker, and the shared rate limit that it uses."""

import pytest
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.fakes import FakeClock, FakeRateLimitStore
from tests.unit.rate_limiting.workers import make_limiter


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakeRateLimitStore:
    return FakeRateLimitStore()


@pytest.fixture
def worker(store: FakeRateLimitStore, now: FakeClock) -> RegionRateLimiter:
    return make_limiter(store, now)
