"""Calls a second per region and action."""

import pytest

from engine.quotas import Quotas

RATES = {"eu-west-1": {"DetectText": 50, "DetectLabels": 5}, "eu-central-1": {"DetectText": 5}}


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def admitted(quotas: Quotas, calls: int, region: str = "eu-west-1", action: str = "DetectText") -> int:
    return sum(quotas.take(region, action) for _ in range(calls))


def test_admits_one_second_of_the_quota_at_once() -> None:
    assert admitted(Quotas(RATES, Clock()), 200) == 50


def test_admits_exactly_the_quota_over_time() -> None:
    clock = Clock()
    quotas = Quotas(RATES, clock)
    admitted(quotas, 200)
    later = 0
    for tick in range(1, 1001):
        clock.at = tick / 100
        later += quotas.take("eu-west-1", "DetectText")
    assert later == 500


def test_saves_no_more_than_a_second() -> None:
    clock = Clock()
    quotas = Quotas(RATES, clock)
    clock.at = 3600
    assert admitted(quotas, 200) == 50


def test_regions_and_actions_do_not_share() -> None:
    quotas = Quotas(RATES, Clock())
    admitted(quotas, 200)
    assert admitted(quotas, 200, action="DetectLabels") == 5
    assert admitted(quotas, 200, region="eu-central-1") == 5


def test_a_quota_that_is_given_counts_at_once_and_until_the_defaults_are_back() -> None:
    quotas = Quotas(RATES, Clock())
    quotas.give("eu-west-1", "DetectText", 7)
    assert admitted(quotas, 200) == 7
    quotas.restore()
    assert admitted(quotas, 200) == 50


def test_an_operation_that_a_region_lacks_is_given_no_quota() -> None:
    with pytest.raises(ValueError, match="eu-central-1 has no DetectLabels"):
        Quotas(RATES, Clock()).give("eu-central-1", "DetectLabels", 5)


def test_a_quota_that_would_admit_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1"):
        Quotas(RATES, Clock()).give("eu-west-1", "DetectText", 0.5)
