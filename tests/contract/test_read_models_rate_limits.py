"""The read model of rate limits finds the states that the workers wrote."""

import time

import pytest
from rekbridge.read_models import rate_limits
from rekbridge.read_models.deployment import Deployment
from rekbridge_lambda.rate_limiting.gcra import DECREASE_FACTOR, SECOND
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud

QUOTAS = {("labels", REMOTE): 50.0, ("labels", HOME): 5.0}


@pytest.fixture
def deployment(cloud: Cloud) -> Deployment:
    exports = {"regions": {"home": HOME, "remote": REMOTE}, "tables": {"rate_limit": cloud.create_rate_limit_table()}}
    return Deployment(exports, lambda service, _: cloud.client(service))


@pytest.fixture
def rate_limit_table(cloud: Cloud, deployment: Deployment) -> RateLimitTable:
    return RateLimitTable(cloud.client("dynamodb"), deployment.get_table("rate_limit"))


def now_us() -> int:
    return round(time.time() * SECOND)


def test_an_unused_region_is_left_out(deployment: Deployment) -> None:
    assert rate_limits.load_learned_rates(deployment, QUOTAS) == {}


def test_a_region_that_was_never_throttled_has_its_full_quota(
    deployment: Deployment, rate_limit_table: RateLimitTable
) -> None:
    rate_limit_table.restart("labels", REMOTE, "workers", tat=now_us(), idle_before=now_us() - SECOND)
    assert rate_limits.load_learned_rates(deployment, QUOTAS) == {("labels", REMOTE): (50, 0)}


def test_a_throttled_region_has_less_than_its_quota(deployment: Deployment, rate_limit_table: RateLimitTable) -> None:
    at = now_us() + 3600 * SECOND
    rate_limit_table.decrease_rate(
        "labels", REMOTE, rate_milli=round(1000 * DECREASE_FACTOR * 50), at=at, last_before=at
    )
    # The decrease is in the future, so that the rate has not recovered yet.
    assert rate_limits.load_learned_rates(deployment, QUOTAS)["labels", REMOTE][0] < 50


def test_an_open_circuit_has_its_remaining_seconds(deployment: Deployment, rate_limit_table: RateLimitTable) -> None:
    rate_limit_table.open_circuit("labels", HOME, until=now_us() + 3600 * SECOND, expected=None)
    [(rate, open_s)] = rate_limits.load_learned_rates(deployment, QUOTAS).values()
    assert rate == 5
    assert 0 < open_s <= 3600
