"""What the workers learn of a region is what operators read."""

import time

import pytest
from rekbridge.read_models import pace
from rekbridge.read_models.deployed import Deployed
from rekbridge_lambda.rate_limiting.state import CUT, SECOND
from rekbridge_lambda.rate_limiting.table import PaceTable

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud

QUOTAS = {("labels", REMOTE): 50.0, ("labels", HOME): 5.0}


@pytest.fixture
def deployed(cloud: Cloud) -> Deployed:
    told = {"regions": {"home": HOME, "remote": REMOTE}, "tables": {"pace": cloud.pace()}}
    return Deployed(told, lambda service, _: cloud.client(service))


@pytest.fixture
def written(cloud: Cloud, deployed: Deployed) -> PaceTable:
    return PaceTable(cloud.client("dynamodb"), deployed.table("pace"))


def now() -> int:
    return round(time.time() * SECOND)


def test_a_lane_that_nobody_used_is_not_told_of(deployed: Deployed) -> None:
    assert pace.learned(deployed, QUOTAS) == {}


def test_a_lane_that_was_never_throttled_has_its_quota(deployed: Deployed, written: PaceTable) -> None:
    written.start("labels", REMOTE, tat=now(), low=now() - SECOND)
    assert pace.learned(deployed, QUOTAS) == {("labels", REMOTE): (50, 0)}


def test_what_throttles_have_left_of_a_quota_is_read(deployed: Deployed, written: PaceTable) -> None:
    at = now() + 3600 * SECOND
    written.cut("labels", REMOTE, rate_milli=round(1000 * CUT * 50), at=at, before=at)
    # The cut lies in the future, so that nothing has come back of it.
    assert pace.learned(deployed, QUOTAS)["labels", REMOTE][0] < 50


def test_an_open_breaker_tells_for_how_long(deployed: Deployed, written: PaceTable) -> None:
    written.open("labels", HOME, until=now() + 3600 * SECOND, seen=None)
    [(rate, open_s)] = pace.learned(deployed, QUOTAS).values()
    assert rate == 5
    assert 0 < open_s <= 3600
